// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Records the newest {@value #CAPACITY} requests. */
final class RequestJournal {
    static final int CAPACITY = 10_000;

    private final Deque<RecordedRequest> requests = new ArrayDeque<>();

    synchronized void add(RecordedRequest request) {
        if (requests.size() == CAPACITY) {
            requests.removeFirst();
        }
        requests.addLast(request);
        notifyAll();
    }

    /** All recorded requests, oldest first. */
    synchronized List<RecordedRequest> all() {
        return List.copyOf(requests);
    }

    List<RecordedRequest> matching(String method, String pathRegex) {
        Pattern path = Pattern.compile(pathRegex);
        return all().stream()
                .filter(request -> request.method().equalsIgnoreCase(method))
                .filter(request -> path.matcher(request.path()).matches())
                .toList();
    }

    /** @throws AssertionError if fewer than {@code count} matching requests arrive in time */
    void requireInTime(String method, String pathRegex, int count, Duration atMost) throws InterruptedException {
        if (!await(method, pathRegex, count, atMost)) {
            requireCount(method, pathRegex, count);
        }
    }

    /** @throws AssertionError unless exactly {@code count} matching requests arrived */
    void requireCount(String method, String pathRegex, int count) {
        int matching = matching(method, pathRegex).size();
        if (matching != count) {
            List<String> all = all().stream()
                    .map(request -> request.method() + " " + request.path())
                    .toList();
            throw new AssertionError(
                    "Expected " + count + " of " + method + " " + pathRegex + ", got " + matching + " among " + all);
        }
    }

    /** Waits for matching requests; returns false if fewer than {@code count} arrive in time. */
    synchronized boolean await(String method, String pathRegex, int count, Duration atMost)
            throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (matching(method, pathRegex).size() < count) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }
}
