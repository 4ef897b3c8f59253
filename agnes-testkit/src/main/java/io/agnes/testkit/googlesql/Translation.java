// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.googlesql;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The translation of one query. It goes through the tokens once and keeps a frame for each open parenthesis; what a
 * parenthesis contains can be rewritten when it closes.
 */
final class Translation {
    private static final Set<String> ENDS_FROM = Set.of(
            "WHERE",
            "GROUP",
            "HAVING",
            "QUALIFY",
            "WINDOW",
            "ORDER",
            "LIMIT",
            "UNION",
            "INTERSECT",
            "EXCEPT",
            "SELECT");
    private static final Set<String> ENDS_TABLE = Set.of(
            "WHERE",
            "GROUP",
            "HAVING",
            "QUALIFY",
            "WINDOW",
            "ORDER",
            "LIMIT",
            "UNION",
            "INTERSECT",
            "EXCEPT",
            "JOIN",
            "INNER",
            "LEFT",
            "RIGHT",
            "FULL",
            "CROSS",
            "ON",
            "USING",
            "AS",
            "FOR",
            "TABLESAMPLE",
            "PIVOT",
            "UNPIVOT",
            "WITH");

    /** Marks the name of a STRUCT's field in the output until the parenthesis closes. */
    private static final String ALIAS = "\u0000";

    private final String sql;
    private final GoogleSql.Tables tables;
    private final Instant now;
    private final List<Token> tokens;
    private final Set<String> withNames = new HashSet<>();
    private final Set<String> aliases = new HashSet<>();
    private final Deque<Frame> frames = new ArrayDeque<>();
    private final StringBuilder out = new StringBuilder();
    private int at;

    Translation(String sql, GoogleSql.Tables tables, Instant now) {
        this.sql = sql;
        this.tables = tables;
        this.now = now;
        this.tokens = Lexer.tokens(sql).stream()
                .filter(token -> token.kind() != Token.Kind.SPACE)
                .toList();
    }

    /** An open parenthesis, or the whole statement. */
    private static final class Frame {
        /** The function before the parenthesis, in upper case; empty if there is none. */
        private final String function;

        private final int start;
        private boolean inFrom;
        private boolean tableNext;
        /** For a STRUCT: the translated arguments before the current one. */
        private final List<String> arguments = new ArrayList<>();

        private int argumentStart;
        /** For a CAST: the end of the expression, -1 before the type. */
        private int expressionEnd = -1;

        private @Nullable GoogleType type;

        Frame(String function, int start) {
            this.function = function;
            this.start = start;
            this.argumentStart = start;
        }
    }

    String query() {
        int last = tokens.size() - 2;
        boolean terminated = last >= 0 && tokens.get(last).is(";");
        int end = terminated ? last : last + 1;
        Token first = tokens.get(0);
        if (!first.is("SELECT") && !first.is("WITH") && !first.is("(")) {
            throw wrong(
                    first,
                    first.kind() == Token.Kind.END
                            ? "Syntax error: Unexpected end of statement"
                            : "This fake runs queries and EXPORT DATA, no statement that begins with " + first.text());
        }
        findWithNames();
        frames.push(new Frame("", 0));
        while (at < end) {
            token();
        }
        if (frames.size() != 1) {
            throw wrong(tokens.get(end), "Syntax error: Expected \")\" but got end of statement");
        }
        return out.toString();
    }

    private void findWithNames() {
        for (int i = 0; i + 3 < tokens.size(); i++) {
            if (tokens.get(i).isName()
                    && tokens.get(i + 1).is("AS")
                    && tokens.get(i + 2).is("(")) {
                Token inner = tokens.get(i + 3);
                if (inner.is("SELECT") || inner.is("WITH") || inner.is("(")) {
                    withNames.add(lower(tokens.get(i)));
                }
            }
        }
    }

    private void token() {
        Token token = tokens.get(at);
        Frame frame = frames.getFirst();
        if (frame.tableNext && token.isName() && !isFunction() && !token.is("UNNEST") && !token.is("LATERAL")) {
            frame.tableNext = false;
            table();
            return;
        }
        frame.tableNext = false;
        switch (token.kind()) {
            case NAME -> name(token, frame);
            case QUOTED_NAME -> emit(Quoting.name(token.text()));
            case STRING -> emit(Quoting.text(token.text()));
            case BYTES -> emit(Quoting.bytes(token.text()));
            case NUMBER -> number(token);
            case SYMBOL -> symbol(token, frame);
            case PARAMETER -> throw wrong(token, "This fake does not support query parameters");
            default -> throw wrong(token, "Syntax error: Unexpected " + TypeReader.shown(token));
        }
    }

    private void number(Token token) {
        if (token.text().startsWith("0x") || token.text().startsWith("0X")) {
            emit(Long.toString(Long.parseLong(token.text().substring(2), 16)));
        } else {
            emit(token.text());
        }
    }

    private void emit(String text) {
        out.append(text).append(' ');
        at++;
    }

    private boolean isFunction() {
        Token token = tokens.get(at);
        return token.kind() == Token.Kind.NAME && tokens.get(at + 1).is("(") && !Functions.isKeyword(token.text());
    }

    private void symbol(Token token, Frame frame) {
        switch (token.text()) {
            case "(" -> open("");
            case ")" -> close(token);
            case "," -> comma(frame);
            case "[" -> bracket();
            case ";" -> throw wrong(token, "Syntax error: Expected end of input but got \";\"");
            case "!=" -> emit("<>");
            case ">" -> {
                // A shift was split into two tokens because of nested types.
                boolean shift = tokens.get(at + 1).is(">") && tokens.get(at + 1).offset() == token.offset() + 1;
                at += shift ? 1 : 0;
                emit(shift ? ">>" : ">");
            }
            default -> emit(token.text());
        }
    }

    private void comma(Frame frame) {
        frame.tableNext = frame.inFrom;
        if (frame.function.equals("STRUCT")) {
            frame.arguments.add(out.substring(frame.argumentStart));
            at++;
            frame.argumentStart = out.length();
        } else {
            emit(",");
        }
    }

    /** {@code a[OFFSET(0)]} counts from 0, {@code a[ORDINAL(1)]} and DuckDB from 1. */
    private void bracket() {
        Token access = tokens.get(at + 1);
        boolean offset = access.is("OFFSET") || access.is("SAFE_OFFSET");
        boolean ordinal = access.is("ORDINAL") || access.is("SAFE_ORDINAL");
        if ((offset || ordinal) && tokens.get(at + 2).is("(")) {
            out.append(offset ? "[1 + " : "[");
            at += 2;
        } else {
            emit("[");
        }
    }

    private void open(String function) {
        out.append("( ");
        at++;
        Frame opened = new Frame(function, out.length());
        frames.push(opened);
    }

    private void close(Token token) {
        if (frames.size() == 1) {
            throw wrong(token, "Syntax error: Unexpected \")\"");
        }
        Frame frame = frames.pop();
        switch (frame.function) {
            case "CAST", "SAFE_CAST" -> closeCast(token, frame);
            case "STRUCT" -> {
                frame.arguments.add(out.substring(frame.argumentStart));
                replace(frame, struct(frame.arguments));
            }
            case "UNNEST" -> {
                emit(")");
                unnestAlias();
            }
            default -> emit(")");
        }
    }

    /** Replaces what the parenthesis contains, with the parenthesis. */
    private void replace(Frame frame, String text) {
        out.setLength(frame.start - "( ".length());
        emit(text);
    }

    private void closeCast(Token token, Frame frame) {
        GoogleType type = frame.type;
        if (type == null) {
            throw wrong(token, "Syntax error: Expected keyword AS but got \")\"");
        }
        String value = out.substring(frame.start, frame.expressionEnd);
        String function = frame.function.equals("CAST") ? "CAST" : "TRY_CAST";
        replace(
                frame,
                switch (type.kind()) {
                    case STRING -> "bq_string(" + value + ")";
                    case BIGNUMERIC -> "bq_bignumeric(" + value + ")";
                    case BYTES -> "encode(" + value + ")";
                    case RANGE -> type.mark(value);
                    default -> function + "(" + value + " AS " + type.duckDbType() + ")";
                });
    }

    private static String struct(List<String> arguments) {
        StringBuilder packed = new StringBuilder("struct_pack(");
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int alias = argument.lastIndexOf(ALIAS);
            String name = alias < 0
                    ? "_field_" + (i + 1)
                    : argument.substring(alias + ALIAS.length()).strip();
            String value = alias < 0 ? argument : argument.substring(0, alias);
            packed.append(i == 0 ? "" : ", ")
                    .append(Quoting.name(name))
                    .append(" := ")
                    .append(value);
        }
        return packed.append(")").toString();
    }

    private void name(Token token, Frame frame) {
        String word = token.text().toUpperCase(Locale.ROOT);
        Token next = tokens.get(at + 1);
        if (ENDS_FROM.contains(word)) {
            frame.inFrom = false;
        }
        switch (word) {
            case "FROM" -> from(frame);
            case "JOIN" -> {
                frame.tableNext = true;
                emit("JOIN");
            }
            case "AS" -> as(frame);
            case "EXCEPT" -> except(token);
            case "UNION", "INTERSECT" -> setOperation(word);
            case "IN" -> {
                boolean array = next.is("UNNEST") && tokens.get(at + 2).is("(");
                at += array ? 1 : 0;
                emit(array ? "= ANY" : "IN");
            }
            case "UNNEST" -> {
                out.append("UNNEST");
                at++;
                open("UNNEST");
            }
            case "STRUCT", "CAST", "SAFE_CAST" -> {
                if (!next.is("(")) {
                    throw wrong(token, "This fake does not support a typed " + word);
                }
                at++;
                open(word);
            }
            case "ARRAY" -> array(next);
            case "TIMESTAMP",
                    "DATETIME",
                    "DATE",
                    "TIME",
                    "NUMERIC",
                    "DECIMAL",
                    "BIGNUMERIC",
                    "BIGDECIMAL",
                    "JSON",
                    "RANGE" -> typed(token, next);
            case "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_DATETIME" -> current(word);
            case "TIMESTAMP_TRUNC", "DATETIME_TRUNC", "DATE_TRUNC" -> truncate(word);
            default -> word(token, next);
        }
    }

    private void word(Token token, Token next) {
        if (next.is("(") && !Functions.isKeyword(token.text()) && !isAfterDot()) {
            String function = Functions.duckDbName(token.text());
            if (function == null) {
                throw wrong(token, "Function not found: " + token.text());
            }
            out.append(function);
            at++;
            open(token.text().toUpperCase(Locale.ROOT));
        } else {
            emit(Functions.isReserved(token.text()) ? Quoting.name(token.text()) : token.text());
        }
    }

    private boolean isAfterDot() {
        return at > 0 && tokens.get(at - 1).is(".");
    }

    private void from(Frame frame) {
        // EXTRACT(DAY FROM x), IS DISTINCT FROM x.
        boolean ofFunction = frame.function.equals("EXTRACT")
                || (at > 0 && tokens.get(at - 1).is("DISTINCT"));
        if (!ofFunction) {
            frame.inFrom = true;
            frame.tableNext = true;
        }
        emit("FROM");
    }

    private void as(Frame frame) {
        if (frame.function.equals("CAST") || frame.function.equals("SAFE_CAST")) {
            frame.expressionEnd = out.length();
            TypeReader reader = new TypeReader(sql, tokens, at + 1);
            frame.type = reader.type();
            at = reader.position();
        } else if (frame.function.equals("STRUCT")) {
            out.append(ALIAS);
            at++;
            out.append(tokens.get(at).text());
            at++;
        } else {
            emit("AS");
        }
    }

    /** {@code * EXCEPT (a)} is {@code * EXCLUDE (a)}; {@code EXCEPT DISTINCT} is a set operation. */
    private void except(Token token) {
        if (tokens.get(at + 1).is("(") && at > 0 && tokens.get(at - 1).is("*")) {
            emit("EXCLUDE");
        } else {
            setOperation(token.text());
        }
    }

    private void setOperation(String word) {
        boolean distinct = tokens.get(at + 1).is("DISTINCT");
        emit(word);
        at += distinct ? 1 : 0;
    }

    /** {@code ARRAY<T>[…]} is {@code […]}; {@code ARRAY(SELECT …)} is the same in DuckDB. */
    private void array(Token next) {
        if (next.is("<")) {
            TypeReader reader = new TypeReader(sql, tokens, at);
            reader.type();
            at = reader.position();
        } else if (next.is("[")) {
            at++;
        } else {
            out.append("ARRAY");
            at++;
        }
    }

    /** A literal like {@code DATE '2020-01-01'}, a function like {@code DATE(x)}, or a name. */
    private void typed(Token token, Token next) {
        boolean literal = next.kind() == Token.Kind.STRING;
        boolean range = token.is("RANGE") && next.is("<");
        if (!literal && !range) {
            word(token, next);
            return;
        }
        TypeReader reader = new TypeReader(sql, tokens, at);
        GoogleType type = reader.type();
        at = reader.position();
        String value = Quoting.text(tokens.get(at).text());
        emit(
                switch (type.kind()) {
                    case BIGNUMERIC -> "bq_bignumeric(" + value + ")";
                    case RANGE -> "(" + type.mark(value) + ")";
                    default -> "CAST(" + value + " AS " + type.duckDbType() + ")";
                });
    }

    private void current(String word) {
        String instant = "TIMESTAMPTZ " + Quoting.text(now.toString());
        at += tokens.get(at + 1).is("(") && tokens.get(at + 2).is(")") ? 2 : 0;
        emit(
                switch (word) {
                    case "CURRENT_DATE" -> "CAST(" + instant + " AS DATE)";
                    case "CURRENT_DATETIME" -> "CAST(" + instant + " AS TIMESTAMP)";
                    default -> "(" + instant + ")";
                });
    }

    /** {@code TIMESTAMP_TRUNC(x, DAY)} is {@code date_trunc('day', x)}. */
    private void truncate(String word) {
        int depth = 0;
        int comma = -1;
        int end = at + 1;
        for (; end < tokens.size() - 1; end++) {
            Token token = tokens.get(end);
            depth += token.is("(") || token.is("[") ? 1 : token.is(")") || token.is("]") ? -1 : 0;
            if (depth == 1 && token.is(",") && comma < 0) {
                comma = end;
            }
            if (depth == 0) {
                break;
            }
        }
        if (comma < 0 || end != comma + 2) {
            throw wrong(tokens.get(at), "This fake supports " + word + " with two arguments");
        }
        String part = tokens.get(comma + 1).text().toLowerCase(Locale.ROOT);
        String value = new Translation(
                        sql.substring(
                                tokens.get(at + 2).offset(), tokens.get(comma).offset()),
                        tables,
                        now)
                .expression();
        String truncated = "date_trunc(" + Quoting.text(part) + ", " + value + ")";
        at = end;
        emit(word.equals("DATE_TRUNC") ? "CAST(" + truncated + " AS DATE)" : truncated);
    }

    private String expression() {
        frames.push(new Frame("", 0));
        while (tokens.get(at).kind() != Token.Kind.END) {
            token();
        }
        return out.toString();
    }

    /** {@code UNNEST(x) AS y} names the column, in DuckDB {@code UNNEST(x) AS y(y)}. */
    private void unnestAlias() {
        if (!frames.getFirst().inFrom) {
            return;
        }
        if (tokens.get(at).is("AS")) {
            at++;
        }
        Token alias = tokens.get(at);
        if (alias.isName() && !isTableEnd(alias)) {
            String name = Quoting.name(alias.text());
            emit("AS " + name + "(" + name + ")");
            aliases.add(lower(alias));
        }
        if (tokens.get(at).is("WITH")) {
            throw wrong(tokens.get(at), "This fake does not support WITH OFFSET");
        }
    }

    private static boolean isTableEnd(Token token) {
        return token.kind() == Token.Kind.NAME
                && ENDS_TABLE.contains(token.text().toUpperCase(Locale.ROOT));
    }

    private static String lower(Token token) {
        return token.text().toLowerCase(Locale.ROOT);
    }

    private void table() {
        Token first = tokens.get(at);
        List<String> path = path();
        boolean correlated = path.size() > 1
                && first.kind() == Token.Kind.NAME
                && aliases.contains(path.get(0).toLowerCase(Locale.ROOT));
        if (correlated) {
            out.append("UNNEST(")
                    .append(path.stream().map(Quoting::name).collect(Collectors.joining(".")))
                    .append(") ");
            unnestAlias();
            return;
        }
        String name = path.get(path.size() - 1);
        if (path.size() == 1 && withNames.contains(name.toLowerCase(Locale.ROOT))) {
            out.append(Quoting.name(name)).append(' ');
        } else {
            out.append(tables.relation(path, asOf())).append(' ');
            if (!hasAlias()) {
                out.append("AS ").append(Quoting.name(name)).append(' ');
            }
        }
        aliases.add(name.toLowerCase(Locale.ROOT));
        Token alias = tokens.get(tokens.get(at).is("AS") ? at + 1 : at);
        if (alias.isName() && !isTableEnd(alias)) {
            aliases.add(lower(alias));
        }
    }

    private boolean hasAlias() {
        Token next = tokens.get(at);
        return next.is("AS") || (next.isName() && !isTableEnd(next));
    }

    /** Reads a path: quoted whole or in parts, or with dashes in the project. */
    private List<String> path() {
        StringBuilder text = new StringBuilder();
        Token token = tokens.get(at);
        int end;
        do {
            text.append(token.text());
            end = token.offset() + length(token);
            at++;
            token = tokens.get(at);
        } while (token.offset() == end
                && (token.isName() || token.kind() == Token.Kind.NUMBER || token.is(".") || token.is("-")));
        return List.of(text.toString().split("[.:]", -1));
    }

    private static int length(Token token) {
        return token.text().length() + (token.kind() == Token.Kind.QUOTED_NAME ? 2 : 0);
    }

    /** Reads {@code FOR SYSTEM_TIME AS OF expression}; null if it is absent. */
    private @Nullable String asOf() {
        if (!tokens.get(at).is("FOR")) {
            return null;
        }
        at += tokens.get(at + 1).is("SYSTEM") ? 3 : 2;
        if (!tokens.get(at).is("AS") || !tokens.get(at + 1).is("OF")) {
            throw wrong(
                    tokens.get(at), "Syntax error: Expected keyword AS but got " + TypeReader.shown(tokens.get(at)));
        }
        int start = at + 2;
        int depth = 0;
        for (at = start; at < tokens.size() - 1; at++) {
            Token token = tokens.get(at);
            if (depth == 0 && (isTableEnd(token) || token.is(")") || token.is(",") || token.is(";"))) {
                break;
            }
            depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
        }
        String text = sql.substring(tokens.get(start).offset(), tokens.get(at).offset());
        return new Translation(text, tables, now).expression();
    }

    private InvalidQueryException wrong(Token token, String message) {
        return InvalidQueryException.at(sql, token.offset(), message);
    }
}
