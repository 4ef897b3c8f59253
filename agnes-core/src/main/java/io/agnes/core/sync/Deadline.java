// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.AgnesException;
import io.agnes.core.CoreException;
import io.agnes.core.work.Task;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Limits the time of a short request to a source, whose own timeouts are made for exports. */
final class Deadline {
    /** A request to a source. */
    interface Question {
        void ask() throws InterruptedException;
    }

    private Deadline() {}

    /**
     * Waits for the request. An interrupt ends it.
     *
     * @param what the subject of the request, for the message
     * @throws AgnesException from the source, or {@code source_timeout}
     */
    static void within(Duration longest, String what, Question question) throws InterruptedException {
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        Task<?> asking = Task.start("ask-" + what, () -> {
            try {
                question.ask();
            } catch (RuntimeException e) {
                failure.set(e);
            } catch (InterruptedException late) {
                failure.set(CoreException.sourceTimeout(what, longest));
            }
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
