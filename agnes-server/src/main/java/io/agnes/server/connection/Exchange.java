// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

/** The share of the memory for bodies and answers that one request holds. Closing releases it. */
public final class Exchange implements AutoCloseable {
    /** The length in bytes of an answer that is not counted, since {@link Limits} plans that memory for each slot. */
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

    /** Claims memory for more bytes of the body. */
    public Shares.Outcome body(String user, int bytes) {
        holder = user;
        Shares.Outcome outcome = bodies.take(user, bytes);
        body += outcome == Shares.Outcome.TAKEN ? bytes : 0;
        return outcome;
    }

    /** Claims memory for an answer. An answer that is larger than the share of one user claims the whole share. */
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
