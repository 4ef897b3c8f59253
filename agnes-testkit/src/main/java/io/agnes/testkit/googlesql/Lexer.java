// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.googlesql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Splits a statement into tokens. Comments become spaces. */
final class Lexer {
    private final String sql;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String sql) {
        this.sql = sql;
    }

    /** The tokens with an end token behind them. */
    static List<Token> tokens(String sql) {
        Lexer lexer = new Lexer(sql);
        while (lexer.at < sql.length()) {
            lexer.next();
        }
        lexer.tokens.add(new Token(Token.Kind.END, "", sql.length()));
        return lexer.tokens;
    }

    private void next() {
        int start = at;
        char c = sql.charAt(at);
        if (Character.isWhitespace(c)) {
            while (at < sql.length() && Character.isWhitespace(sql.charAt(at))) {
                at++;
            }
            add(Token.Kind.SPACE, " ", start);
        } else if (sql.startsWith("--", at) || c == '#') {
            int end = sql.indexOf('\n', at);
            at = end < 0 ? sql.length() : end;
            add(Token.Kind.SPACE, " ", start);
        } else if (sql.startsWith("/*", at)) {
            int end = sql.indexOf("*/", at + 2);
            if (end < 0) {
                throw wrong("Unclosed comment", start);
            }
            at = end + 2;
            add(Token.Kind.SPACE, " ", start);
        } else if (c == '`') {
            add(Token.Kind.QUOTED_NAME, quoted("`", false), start);
        } else if (c == '\'' || c == '"') {
            add(Token.Kind.STRING, quoted(delimiter(), false), start);
        } else if (Character.isDigit(c) || (c == '.' && isDigit(at + 1))) {
            number();
            add(Token.Kind.NUMBER, sql.substring(start, at), start);
        } else if (Character.isLetter(c) || c == '_') {
            name(start);
        } else if (c == '@' || c == '?') {
            at++;
            while (at < sql.length() && isNamePart(sql.charAt(at))) {
                at++;
            }
            add(Token.Kind.PARAMETER, sql.substring(start, at), start);
        } else {
            symbol();
            add(Token.Kind.SYMBOL, sql.substring(start, at), start);
        }
    }

    private void symbol() {
        for (String two : List.of("<=", ">=", "<>", "!=", "||", "<<", ">>", "=>")) {
            // Two closing angles of nested types are two symbols, as is a shift, which the translation joins again.
            if (!two.equals(">>") && sql.startsWith(two, at)) {
                at += 2;
                return;
            }
        }
        at++;
    }

    private void name(int start) {
        while (at < sql.length() && isNamePart(sql.charAt(at))) {
            at++;
        }
        String word = sql.substring(start, at).toLowerCase(Locale.ROOT);
        boolean quote = at < sql.length() && (sql.charAt(at) == '\'' || sql.charAt(at) == '"');
        if (quote && List.of("r", "b", "rb", "br").contains(word)) {
            boolean raw = word.contains("r");
            Token.Kind kind = word.contains("b") ? Token.Kind.BYTES : Token.Kind.STRING;
            add(kind, quoted(delimiter(), raw), start);
        } else {
            add(Token.Kind.NAME, sql.substring(start, at), start);
        }
    }

    private void number() {
        int start = at;
        while (at < sql.length()
                && (Character.isLetterOrDigit(sql.charAt(at)) || sql.charAt(at) == '.' || isSignOfExponent(start))) {
            at++;
        }
    }

    private boolean isSignOfExponent(int start) {
        char c = sql.charAt(at);
        boolean hex = sql.startsWith("0x", start) || sql.startsWith("0X", start);
        return !hex && (c == '+' || c == '-') && "eE".indexOf(sql.charAt(at - 1)) >= 0;
    }

    private boolean isDigit(int index) {
        return index < sql.length() && Character.isDigit(sql.charAt(index));
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    private String delimiter() {
        String one = sql.substring(at, at + 1);
        return sql.startsWith(one.repeat(3), at) ? one.repeat(3) : one;
    }

    private String quoted(String delimiter, boolean raw) {
        int start = at;
        at += delimiter.length();
        StringBuilder text = new StringBuilder();
        while (!sql.startsWith(delimiter, at)) {
            if (at >= sql.length()) {
                throw wrong(delimiter.equals("`") ? "Unclosed identifier literal" : "Unclosed string literal", start);
            }
            char c = sql.charAt(at++);
            if (c == '\\' && at < sql.length()) {
                if (raw) {
                    text.append(c).append(sql.charAt(at++));
                } else {
                    escape(text, start);
                }
            } else {
                text.append(c);
            }
        }
        at += delimiter.length();
        return text.toString();
    }

    private void escape(StringBuilder text, int start) {
        char c = sql.charAt(at++);
        switch (c) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case 'a' -> text.append('\u0007');
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'v' -> text.append('\u000b');
            case '\\', '?', '"', '\'', '`' -> text.append(c);
            case 'x', 'X' -> code(text, 2, 16, start);
            case 'u' -> code(text, 4, 16, start);
            case 'U' -> code(text, 8, 16, start);
            default -> {
                if (c < '0' || c > '7') {
                    throw wrong("Illegal escape sequence: \\" + c, start);
                }
                at--;
                code(text, 3, 8, start);
            }
        }
    }

    private void code(StringBuilder text, int digits, int radix, int start) {
        try {
            text.appendCodePoint(Integer.parseInt(sql.substring(at, at + digits), radix));
            at += digits;
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw wrong("Illegal escape sequence", start);
        }
    }

    private void add(Token.Kind kind, String text, int start) {
        tokens.add(new Token(kind, text, start));
    }

    private InvalidQueryException wrong(String message, int offset) {
        return InvalidQueryException.at(sql, offset, "Syntax error: " + message);
    }
}
