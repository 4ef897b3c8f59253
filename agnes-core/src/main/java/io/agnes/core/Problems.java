// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects all problems of one subject, to report them together. Not safe for use by several threads.
 */
public final class Problems {
    private final String subject;
    private final List<String> found = new ArrayList<>();

    /** @param subject with the problems; the message begins with it */
    public Problems(String subject) {
        this.subject = subject;
    }

    /** Adds the problem unless the condition holds. */
    public Problems require(boolean condition, String problem) {
        if (!condition) {
            found.add(problem);
        }
        return this;
    }

    /** The problems, in the order they were added. */
    public List<String> found() {
        return List.copyOf(found);
    }

    /** @throws IllegalArgumentException naming the subject and every problem, if there is one */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new IllegalArgumentException(subject + ": " + String.join("; ", found));
        }
    }
}
