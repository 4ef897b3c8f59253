package io.agnes.server.cli;

/** Makes text that a server sent safe to print: a terminal acts on no character of it. */
final class Printable {
    private static final int LONGEST = 1_000;

    private Printable() {}

    /** Control, format and unpaired characters as {@code \\uXXXX}, and no more than {@value #LONGEST} characters. */
    static String text(String text) {
        StringBuilder safe = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(point -> append(safe, point));
        return text.codePointCount(0, text.length()) > LONGEST ? safe + "..." : safe.toString();
    }

    private static void append(StringBuilder safe, int point) {
        switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> {
                for (char unit : Character.toChars(point)) {
                    safe.append("\\u").append(java.util.HexFormat.of().toHexDigits(unit));
                }
            }
            default -> safe.appendCodePoint(point);
        }
    }
}
