// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import java.util.Locale;

/**
 * Makes text from outside safe to print. A file name, a column name or a response of a server may contain characters that
 * move a terminal's cursor, forge a line, or reverse the order of the text after them.
 */
public final class Printable {
    private Printable() {}

    /** The text on one line, with control and format characters and line breaks written as {@code \n} or {@code \u001b}. */
    public static String of(String text) {
        if (text.codePoints().allMatch(Printable::isPlain)) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(each -> append(safe, each));
        return safe.toString();
    }

    /**
     * The beginning of a text in the same form.
     *
     * @param longest the most characters of the text; an ellipsis follows if there are more
     */
    public static String of(String text, int longest) {
        if (text.codePointCount(0, text.length()) <= longest) {
            return of(text);
        }
        return of(text.substring(0, text.offsetByCodePoints(0, longest))) + "...";
    }

    private static void append(StringBuilder safe, int each) {
        if (isPlain(each)) {
            safe.appendCodePoint(each);
        } else {
            safe.append(escape(each));
        }
    }

    private static boolean isPlain(int each) {
        return switch (Character.getType(each)) {
            // Format characters turn the direction of text; a lone surrogate is no character.
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }

    private static String escape(int each) {
        return switch (each) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> String.format(Locale.ROOT, each > 0xffff ? "\\u{%x}" : "\\u%04x", each);
        };
    }
}
