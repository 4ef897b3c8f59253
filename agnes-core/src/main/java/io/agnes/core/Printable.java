package io.agnes.core;

/**
 * Makes text from outside safe to print: a file name, a column name or a writer's signature may hold control characters
 * that move a terminal's cursor, forge a line, or reverse the order of what follows.
 */
public final class Printable {
    private Printable() {}

    /** The text on one line, with every character that a terminal would obey written as {@code \n} or {@code \u001b}. */
    public static String of(String text) {
        if (text.codePoints().noneMatch(Printable::isUnsafe)) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(each -> append(safe, each));
        return safe.toString();
    }

    private static void append(StringBuilder safe, int each) {
        switch (each) {
            case '\n' -> safe.append("\\n");
            case '\r' -> safe.append("\\r");
            case '\t' -> safe.append("\\t");
            default -> {
                if (isUnsafe(each)) {
                    safe.append(String.format("\\u%04x", each));
                } else {
                    safe.appendCodePoint(each);
                }
            }
        }
    }

    private static boolean isUnsafe(int each) {
        return Character.isISOControl(each) || isLineSeparator(each) || isDirection(each) || isHalf(each);
    }

    private static boolean isLineSeparator(int each) {
        return each == 0x2028 || each == 0x2029;
    }

    /** Marks that change the direction of the text after them. */
    private static boolean isDirection(int each) {
        return each == 0x061c
                || each == 0x200e
                || each == 0x200f
                || (each >= 0x202a && each <= 0x202e)
                || (each >= 0x2066 && each <= 0x2069);
    }

    private static boolean isHalf(int each) {
        return each >= Character.MIN_SURROGATE && each <= Character.MAX_SURROGATE;
    }
}
