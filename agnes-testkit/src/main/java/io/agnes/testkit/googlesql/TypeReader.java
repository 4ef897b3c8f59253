// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.googlesql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads types and columns of GoogleSQL from tokens. */
final class TypeReader {
    private final String sql;
    private final List<Token> tokens;
    private int at;

    TypeReader(String sql) {
        this(sql, Lexer.tokens(sql), 0);
    }

    TypeReader(String sql, List<Token> tokens, int at) {
        this.sql = sql;
        this.tokens = tokens;
        this.at = at;
    }

    /** The index of the first token that was not read. */
    int position() {
        return at;
    }

    List<GoogleColumn> columns() {
        List<GoogleColumn> columns = new ArrayList<>();
        do {
            columns.add(column());
        } while (found(","));
        if (peek().kind() != Token.Kind.END) {
            throw unexpected();
        }
        return columns;
    }

    private GoogleColumn column() {
        Token name = next();
        if (!name.isName()) {
            throw unexpected(name);
        }
        GoogleType type = type();
        boolean required = false;
        if (found("NOT")) {
            expect("NULL");
            required = true;
        }
        return new GoogleColumn(name.text(), type, required, found("OPTIONS") ? description() : null);
    }

    /** {@code (description = "text")}; other options are not kept. */
    private @Nullable String description() {
        String description = null;
        expect("(");
        do {
            Token name = next();
            expect("=");
            Token value = next();
            if (name.is("description")) {
                description = value.text();
            }
        } while (found(","));
        expect(")");
        return description;
    }

    GoogleType type() {
        Token name = next();
        GoogleType.Kind kind = name.kind() == Token.Kind.NAME ? GoogleType.kind(name.text()) : null;
        if (kind == null) {
            throw InvalidQueryException.at(sql, name.offset(), "Type not found: " + name.text());
        }
        return switch (kind) {
            case ARRAY -> GoogleType.array(bracketed());
            case RANGE -> GoogleType.range(bracketed().kind());
            case STRUCT -> struct();
            default -> parameters(kind);
        };
    }

    private GoogleType bracketed() {
        expect("<");
        GoogleType element = type();
        expect(">");
        return element;
    }

    private GoogleType struct() {
        List<GoogleColumn> fields = new ArrayList<>();
        expect("<");
        do {
            fields.add(column());
        } while (found(","));
        expect(">");
        return GoogleType.struct(fields);
    }

    private GoogleType parameters(GoogleType.Kind kind) {
        Integer precision = null;
        Integer scale = null;
        if (found("(")) {
            precision = integer();
            scale = found(",") ? integer() : null;
            expect(")");
        }
        return new GoogleType(kind, precision, scale, List.of(), null);
    }

    private Integer integer() {
        Token number = next();
        try {
            return Integer.valueOf(number.text());
        } catch (NumberFormatException e) {
            throw unexpected(number);
        }
    }

    private Token peek() {
        while (tokens.get(at).kind() == Token.Kind.SPACE) {
            at++;
        }
        return tokens.get(at);
    }

    private Token next() {
        Token next = peek();
        at = Math.min(at + 1, tokens.size() - 1);
        return next;
    }

    private boolean found(String word) {
        if (!peek().is(word)) {
            return false;
        }
        at++;
        return true;
    }

    private void expect(String word) {
        if (!found(word)) {
            throw InvalidQueryException.at(
                    sql, peek().offset(), "Syntax error: Expected \"" + word + "\" but got " + shown(peek()));
        }
    }

    private InvalidQueryException unexpected() {
        return unexpected(peek());
    }

    private InvalidQueryException unexpected(Token token) {
        return InvalidQueryException.at(sql, token.offset(), "Syntax error: Unexpected " + shown(token));
    }

    static String shown(Token token) {
        return token.kind() == Token.Kind.END ? "end of input" : "\"" + token.text() + "\"";
    }
}
