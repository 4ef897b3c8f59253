// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

/** What one request and its answer hold of the memory that all share; closing gives it back. */
public final class Exchange implements AutoCloseable {
    /** Answers up to this many bytes are not counted: each slot has room for one. */
    public static final int SMALL_ANSWER = 16 * 1024;

    private final Shares bodies;
    private final Shares answers;
    private String holder = "";
    private int body;
    private int answer;

    Exchange(Shares bodies, Shares answers) {
        this.bodies = bodies;
        this.answers = answers;
    }

    /** Takes room for so many more bytes of the body. */
    public Shares.Outcome body(String user, int bytes) {
        holder = user;
        Shares.Outcome outcome = bodies.take(user, bytes);
        body += outcome == Shares.Outcome.TAKEN ? bytes : 0;
        return outcome;
    }

    /** Takes room for an answer; one that is larger than a user's part takes the whole of it. */
    public Shares.Outcome answer(String user, int bytes) {
        holder = user;
        int units = Math.min(bytes, answers.mostOfOne());
        Shares.Outcome outcome = answers.take(user, units);
        answer += outcome == Shares.Outcome.TAKEN ? units : 0;
        return outcome;
    }

    @Override
    public void close() {
        bodies.give(holder, body);
        answers.give(holder, answer);
        body = 0;
        answer = 0;
    }
}
