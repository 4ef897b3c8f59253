// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.googlesql;

/**
 * A token of a statement.
 *
 * @param text the characters of the statement; for quoted names and strings the content without quotes and escapes
 * @param offset the place of the first character in the statement
 */
record Token(Kind kind, String text, int offset) {
    enum Kind {
        SPACE,
        /** A keyword or an identifier. */
        NAME,
        /** An identifier in backticks. */
        QUOTED_NAME,
        STRING,
        BYTES,
        NUMBER,
        PARAMETER,
        SYMBOL,
        END
    }

    boolean is(String word) {
        return (kind == Kind.NAME || kind == Kind.SYMBOL) && text.equalsIgnoreCase(word);
    }

    boolean isName() {
        return kind == Kind.NAME || kind == Kind.QUOTED_NAME;
    }
}
