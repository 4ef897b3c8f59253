// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a table lives in BigQuery: {@code project.dataset.table}, each part checked against Google's naming rules, so
 * that none of them can leave the quotes of a statement.
 *
 * @param project 6 to 30 of a-z 0-9 -, a letter first, no hyphen last; a domain prefix ({@code example.com:}) is kept
 * @param dataset up to 1,024 of A-Z a-z 0-9 _
 * @param table up to 1,024 letters, digits, marks, connectors, dashes and spaces
 */
public record BigQueryTable(String project, String dataset, String table) {
    static final Pattern PROJECT = Pattern.compile("(?:[a-z0-9.-]{1,253}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]");

    private static final Pattern DATASET = Pattern.compile("[A-Za-z0-9_]{1,1024}");
    private static final Pattern TABLE = Pattern.compile("[\\p{L}\\p{M}\\p{N}\\p{Pc}\\p{Pd}\\p{Zs}]{1,1024}");
    private static final Pattern WHOLE = Pattern.compile("`?(.+)\\.([^.]+)\\.([^.`]+)`?");

    /** @throws IllegalArgumentException naming the first part that is outside its grammar */
    public BigQueryTable {
        require(PROJECT, project, "project");
        require(DATASET, dataset, "dataset");
        require(TABLE, table, "table");
    }

    /** Reads {@code project.dataset.table}, in backquotes or not; nothing if it is not of that form. */
    public static Optional<BigQueryTable> parse(String text) {
        Matcher parts = WHOLE.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new BigQueryTable(parts.group(1), parts.group(2), parts.group(3)));
        } catch (IllegalArgumentException outsideTheGrammar) {
            return Optional.empty();
        }
    }

    /** Whether the text is the id of a project. */
    public static boolean isProject(String text) {
        return PROJECT.matcher(text).matches();
    }

    /** Whether the text is the name of a dataset. */
    public static boolean isDataset(String text) {
        return DATASET.matcher(text).matches();
    }

    /** The path as SQL takes it, in backquotes. */
    public String quoted() {
        return "`" + this + "`";
    }

    @Override
    public String toString() {
        return project + "." + dataset + "." + table;
    }

    private static void require(Pattern grammar, String part, String name) {
        if (!grammar.matcher(part).matches()) {
            throw new IllegalArgumentException("BigQuery " + name + " is outside BigQuery's grammar: " + part);
        }
    }
}
