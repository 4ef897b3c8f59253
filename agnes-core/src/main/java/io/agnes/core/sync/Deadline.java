// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.AgnesException;
import io.agnes.core.CoreException;
import io.agnes.core.work.Task;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Bounds a question to a source, whose own patience is meant for exports. */
final class Deadline {
    /** What asks the source. */
    interface Question {
        void ask() throws InterruptedException;
    }

    private Deadline() {}

    /**
     * Returns once the question is answered. An interrupt ends the question.
     *
     * @param what is asked for, for the message
     * @throws AgnesException what the source threw, or {@code source_timeout}
     */
    static void within(Duration longest, String what, Question question) throws InterruptedException {
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        Task<@Nullable Void> asking = Task.start("ask-" + what, () -> {
            try {
                question.ask();
            } catch (RuntimeException e) {
                failure.set(e);
            } catch (InterruptedException late) {
                failure.set(CoreException.sourceTimeout(what, longest));
            }
            return null;
        });
        boolean answered;
        try {
            answered = asking.join(longest);
        } finally {
            asking.cancel();
        }
        RuntimeException found = answered ? failure.get() : CoreException.sourceTimeout(what, longest);
        if (found != null) {
            throw found;
        }
    }
}
