// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.upstream;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One item of an older installation, and how the import treats it.
 *
 * @param subject its name there, printable, at most 200 characters
 */
public record Finding(Kind kind, String subject, Verdict verdict) {
    private static final int LONGEST_SUBJECT = 200;
    private static final Pattern UNPRINTABLE = Pattern.compile("\\p{C}");

    /** The kind of item. */
    public enum Kind {
        /** A registered table. */
        TABLE,
        /** A user. */
        USER,
        /** A group. */
        GROUP,
        /** A user in a group. */
        MEMBER,
        /** A table that a group may read. */
        GRANT,
        /** A table's file on this disk. */
        FILE;

        /** The name in lower case. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Makes the subject printable. */
    public Finding {
        subject = printable(subject);
    }

    /** The text in one line, without control characters. */
    static String printable(String text) {
        String shown = text.length() > LONGEST_SUBJECT ? text.substring(0, LONGEST_SUBJECT) + "..." : text;
        return UNPRINTABLE.matcher(shown).replaceAll("?");
    }
}
