// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.googlesql;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Translates statements of GoogleSQL into DuckDB's SQL. It refuses what it does not know. */
public final class GoogleSql {
    private static final Set<String> BEFORE_ALL = Set.of("SELECT", "ALL", "DISTINCT", ",", ".");

    private GoogleSql() {}

    /** Finds the tables of a query. */
    public interface Tables {
        /**
         * DuckDB's SQL for a table: a name, or a query in parentheses.
         *
         * @param path the parts of the table's name: project, dataset and table, of which the first may be absent
         * @param asOf DuckDB's SQL of the time of {@code FOR SYSTEM_TIME AS OF}, or null
         * @throws RuntimeException if the table does not exist or may not be read
         */
        String relation(List<String> path, @Nullable String asOf);
    }

    /**
     * An {@code EXPORT DATA} statement.
     *
     * @param options by name in lower case; values are strings, {@code Long} and {@code Boolean}
     * @param query the query in GoogleSQL
     */
    public record Export(Map<String, Object> options, String query) {}

    /**
     * Translates a query.
     *
     * @param now the value of {@code CURRENT_TIMESTAMP()}
     * @throws InvalidQueryException if the statement is no query, or contains what this translation does not know
     */
    public static String query(String sql, Tables tables, Instant now) {
        return new Translation(sql, tables, now).query();
    }

    /**
     * The statements that create the functions that translated queries use. They need {@code bq_format_micros(VARCHAR,
     * BIGINT)}, which is {@link TimeFormat#format}.
     */
    public static List<String> prologue() {
        return Functions.macros();
    }

    /**
     * The names and quoted names in a statement, in lower case, and {@code *} if it selects all columns of a table. {@code
     * COUNT(*)} and a product do not.
     */
    public static Set<String> words(String sql) {
        Set<String> words = new TreeSet<>();
        Token previous = new Token(Token.Kind.END, "", 0);
        for (Token token : Lexer.tokens(sql)) {
            boolean all = token.is("*") && BEFORE_ALL.contains(previous.text().toUpperCase(Locale.ROOT));
            if (token.isName() || all) {
                words.add(token.text().toLowerCase(Locale.ROOT));
            }
            previous = token.kind() == Token.Kind.SPACE ? previous : token;
        }
        return words;
    }

    /**
     * Reads an {@code EXPORT DATA} statement.
     *
     * @return null if the statement is another one
     * @throws InvalidQueryException if the statement has a syntax error
     */
    public static @Nullable Export export(String sql) {
        List<Token> tokens = Lexer.tokens(sql).stream()
                .filter(token -> token.kind() != Token.Kind.SPACE)
                .toList();
        if (!tokens.get(0).is("EXPORT") || !tokens.get(1).is("DATA")) {
            return null;
        }
        int at = 2;
        if (!tokens.get(at).is("OPTIONS") || !tokens.get(at + 1).is("(")) {
            throw unexpected(sql, tokens.get(at));
        }
        at += 2;
        Map<String, Object> options = new LinkedHashMap<>();
        while (true) {
            Token name = tokens.get(at);
            if (name.kind() != Token.Kind.NAME || !tokens.get(at + 1).is("=")) {
                throw unexpected(sql, name);
            }
            options.put(name.text().toLowerCase(Locale.ROOT), value(sql, tokens.get(at + 2)));
            at += 4;
            if (tokens.get(at - 1).is(")")) {
                break;
            }
            if (!tokens.get(at - 1).is(",")) {
                throw unexpected(sql, tokens.get(at - 1));
            }
        }
        if (!tokens.get(at).is("AS")) {
            throw unexpected(sql, tokens.get(at));
        }
        return new Export(options, sql.substring(tokens.get(at + 1).offset()));
    }

    private static Object value(String sql, Token token) {
        if (token.kind() == Token.Kind.STRING) {
            return token.text();
        }
        if (token.is("true") || token.is("false")) {
            return token.is("true");
        }
        if (token.kind() == Token.Kind.NUMBER) {
            return Long.valueOf(token.text());
        }
        throw unexpected(sql, token);
    }

    private static InvalidQueryException unexpected(String sql, Token token) {
        return InvalidQueryException.at(sql, token.offset(), "Syntax error: Unexpected " + TypeReader.shown(token));
    }
}
