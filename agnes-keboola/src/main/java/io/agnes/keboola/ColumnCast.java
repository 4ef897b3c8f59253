// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.duckdb.Sql;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A type that a column of text may get. DuckDB's own casts round, truncate and read separators, blanks and words; a
 * condition beside the cast says which texts mean the same as their value.
 *
 * @param type in DuckDB's words
 * @param condition SQL over {@code $v}, a text, and {@code $t}, that text as this type or NULL: whether the value means
 *     what the text says
 * @param wider whether it takes every text that the candidate before it takes
 * @param misfits reasons why it does not take a text
 */
record ColumnCast(String type, String condition, boolean wider, List<ValueMismatch> misfits) {
    /** Many tools write whole numbers as 4.0. A leading zero is part of an identifier. */
    private static final String WHOLE = "[+-]?(?:0|[1-9][0-9]*)(?:[.]0*)?";

    private static final String FLOAT = "[+-]?(?:(?:0|[1-9][0-9]*)(?:[.][0-9]*)?|[.][0-9]+)(?:[eE][+-]?[0-9]{1,3})?";

    /** DuckDB's timestamps have microseconds. */
    private static final String SECOND =
            "[0-9]{4}-[0-9]{2}-[0-9]{2}[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]" + "(?::[0-5][0-9](?:[.][0-9]{1,6}0*)?)?";

    private static final String ZONE = "(?: UTC|Z| ?[+-](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?)";

    /** To print the value and compare costs less than a pattern, and most texts are as DuckDB prints them. */
    private static final String PRINTED = "CAST($t AS VARCHAR) = $v";

    /** As many digits always survive in a double; a text of this length cannot have more. */
    private static final int SURE_DIGITS = 15;

    /** Longer numbers have 128 bits; to print one costs more than a pattern. */
    private static final int QUICK_DIGITS = 18;

    private static final int MAX_DIGITS = 38;

    private static final List<ValueMismatch> DIGITS =
            ValueMismatch.ofNumbers("with more digits than it keeps", "[+-]?(?:[0-9]+(?:[.][0-9]*)?|[.][0-9]+)");
    private static final List<ValueMismatch> DIGITS_OR_RANGE =
            ValueMismatch.ofNumbers("with more digits than it keeps, or too large or small", FLOAT);

    private static final Pattern LENGTH = Pattern.compile("\\A\\s*([0-9]{1,2})\\s*(?:,\\s*([0-9]{1,2})\\s*)?\\z");
    private static final ColumnCast BIGINT =
            new ColumnCast("BIGINT", "$t IS NOT NULL AND (" + PRINTED + " OR " + matches(WHOLE) + ")", false, DIGITS);
    private static final ColumnCast DOUBLE = new ColumnCast("DOUBLE", kept(), false, DIGITS_OR_RANGE);
    // Whatever DuckDB reads as a truth value is one: true, t, yes, y, 1 and their opposites, in any case.
    private static final ColumnCast BOOLEAN = new ColumnCast("BOOLEAN", "$t IS NOT NULL", false, ValueMismatch.PLAIN);
    private static final ColumnCast DATE =
            new ColumnCast("DATE", years("DATE", "") + " AND " + PRINTED, false, ValueMismatch.PLAIN);
    private static final ColumnCast TIMESTAMP = new ColumnCast(
            "TIMESTAMP",
            years("TIMESTAMP", " 23:59:59.999999") + " AND (" + PRINTED + " OR " + matches(SECOND) + ")",
            false,
            ValueMismatch.PLAIN);
    private static final ColumnCast TIMESTAMPTZ = new ColumnCast(
            "TIMESTAMPTZ",
            years("TIMESTAMPTZ", " 23:59:59.999999+00") + " AND " + matches(SECOND + ZONE),
            false,
            ValueMismatch.PLAIN);
    private static final Set<String> ZONED =
            Set.of("TIMESTAMP_TZ", "TIMESTAMP_LTZ", "TIMESTAMPTZ", "TIMESTAMPLTZ", "TIMESTAMP WITH TIME ZONE");

    /** The types to try, best first; none for text and for unknown types. */
    static List<ColumnCast> candidates(KeboolaColumn column) {
        return switch (column.baseType().orElse("")) {
            case "INTEGER" -> integers(column);
            case "NUMERIC" -> decimal(column).map(List::of).orElse(List.of());
            case "FLOAT" -> List.of(DOUBLE);
            case "BOOLEAN" -> List.of(BOOLEAN);
            case "DATE" -> List.of(DATE);
            case "TIMESTAMP" ->
                column.type().filter(ZONED::contains).isPresent()
                        ? List.of(TIMESTAMPTZ, TIMESTAMP)
                        : List.of(TIMESTAMP, TIMESTAMPTZ);
            default -> List.of();
        };
    }

    /** A precision of its own is kept, so that a column is the same in every format of export. */
    private static List<ColumnCast> integers(KeboolaColumn column) {
        boolean sized = column.length().filter(length -> length.contains(",")).isPresent();
        return sized ? decimal(column).map(List::of).orElse(List.of()) : List.of(BIGINT, decimal(MAX_DIGITS, 0));
    }

    /** Without a length, what BigQuery calls NUMERIC. */
    private static Optional<ColumnCast> decimal(KeboolaColumn column) {
        if (column.length().isEmpty()) {
            return Optional.of(decimal(MAX_DIGITS, 9));
        }
        Matcher length = LENGTH.matcher(column.length().get());
        if (!length.matches()) {
            return Optional.empty();
        }
        int digits = Integer.parseInt(length.group(1));
        int scale = length.group(2) == null ? 0 : Integer.parseInt(length.group(2));
        return digits >= 1 && digits <= MAX_DIGITS && scale <= digits
                ? Optional.of(decimal(digits, scale))
                : Optional.empty();
    }

    private static ColumnCast decimal(int digits, int scale) {
        String fraction = "[.][0-9]{0," + scale + "}0*";
        String pattern =
                scale == 0 ? WHOLE : "[+-]?(?:(?:0|[1-9][0-9]*)(?:" + fraction + ")?|[.][0-9]{1," + scale + "}0*)";
        String written = scale == 0 && digits <= QUICK_DIGITS
                ? "(" + PRINTED + " OR " + matches(pattern) + ")"
                : matches(pattern);
        return new ColumnCast("DECIMAL(" + digits + "," + scale + ")", "$t IS NOT NULL AND " + written, true, DIGITS);
    }

    /** A condition that the whole text matches. */
    static String matches(String pattern) {
        return "regexp_full_match($v, " + Sql.text(pattern) + ")";
    }

    /** DuckDB also reads years before the first and after 9999, and {@code infinity}. */
    private static String years(String type, String end) {
        return "$t BETWEEN " + type + " '0001-01-01" + (end.endsWith("+00") ? " 00:00:00+00" : "") + "' AND " + type
                + " '9999-12-31" + end + "'";
    }

    /**
     * A double that, written with as many digits as the text has, is the text again; with more than 17 it never is.
     * Numbers next to zero have fewer digits, and what is beyond them would become zero or infinity.
     */
    private static String kept() {
        String range = "(abs($t) BETWEEN 2.2250738585072014e-308 AND 1.7976931348623157e308"
                + " OR ($t = 0 AND regexp_full_match($v, '[^1-9eE]*(?:[eE].*)?')))";
        String digits = significant("$v");
        return range + " AND " + matches(FLOAT) + " AND CASE WHEN length($v) <= " + SURE_DIGITS
                + " THEN true ELSE length(" + digits + ") <= " + SURE_DIGITS + " OR " + digits + " IN ("
                + significant("printf('%.15e', $t)") + ", " + significant("printf('%.16e', $t)") + ") END";
    }

    private static String significant(String number) {
        return "trim(regexp_replace(" + number + ", '[eE].*|[^0-9]', '', 'g'), '0')";
    }

    /** The value of a text as this type, or an error. */
    String value(String text) {
        return "CAST(" + readable(text) + " AS " + type + ")";
    }

    /** The value of a text as this type, or NULL. */
    String attempt(String text) {
        return "TRY_CAST(" + readable(text) + " AS " + type + ")";
    }

    /** Whether this type takes the text, whose attempted value is at hand. */
    String fits(String text, String attempted) {
        return condition.replace("$v", text).replace("$t", attempted);
    }

    /** DuckDB reads no zone after a space. */
    private String readable(String text) {
        return equals(TIMESTAMPTZ) ? "replace(replace(" + text + ", ' +', '+'), ' -', '-')" : text;
    }
}
