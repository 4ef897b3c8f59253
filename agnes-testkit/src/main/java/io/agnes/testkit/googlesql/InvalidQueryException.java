// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.googlesql;

/** A statement that BigQuery refuses, or that the fake cannot run. The message has the form of BigQuery's. */
public final class InvalidQueryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidQueryException(String message) {
        super(message, null, false, false);
    }

    /** An error at a place of the statement, with line and column from 1. */
    static InvalidQueryException at(String sql, int offset, String message) {
        String before = sql.substring(0, Math.min(offset, sql.length()));
        long line = before.chars().filter(c -> c == '\n').count() + 1;
        int column = before.length() - before.lastIndexOf('\n');
        return new InvalidQueryException(message + " at [" + line + ":" + column + "]");
    }
}
