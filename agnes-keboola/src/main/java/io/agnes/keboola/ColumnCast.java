package io.agnes.keboola;

import io.agnes.core.duckdb.Sql;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A type that a column of text may get.
 *
 * @param type in DuckDB's words
 * @param pattern that a text must match as a whole to be read as it without loss; DuckDB's casts round and truncate
 */
record ColumnCast(String type, String pattern) {
    private static final String DIGITS = "[+-]?[0-9]+";
    // Many a tool writes whole numbers as 4.0.
    private static final String WHOLE = DIGITS + "([.]0*)?";
    private static final String ANY = "(?s).*";
    private static final String DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
    // DuckDB's timestamps have microseconds.
    private static final String SECOND = DAY + "[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6}0*)?)?";
    private static final String ZONE = " ?(UTC|Z|[+-][0-9]{2}(:?[0-9]{2})?)";

    private static final Pattern LENGTH = Pattern.compile("\\A\\s*([0-9]{1,2})\\s*(?:,\\s*([0-9]{1,2})\\s*)?\\z");
    private static final int MAX_DIGITS = 38;
    private static final ColumnCast BIGINT = new ColumnCast("BIGINT", WHOLE);
    private static final ColumnCast TIMESTAMP = new ColumnCast("TIMESTAMP", SECOND);
    private static final ColumnCast TIMESTAMPTZ = new ColumnCast("TIMESTAMPTZ", SECOND + ZONE);
    private static final Set<String> ZONED =
            Set.of("TIMESTAMP_TZ", "TIMESTAMP_LTZ", "TIMESTAMPTZ", "TIMESTAMPLTZ", "TIMESTAMP WITH TIME ZONE");

    /** The types to try, best first; none for text and for what nobody knows. */
    static List<ColumnCast> candidates(KeboolaColumn column) {
        return switch (column.baseType().orElse("")) {
            case "INTEGER" -> integers(column);
            case "NUMERIC" -> decimal(column).map(List::of).orElse(List.of());
            case "FLOAT" -> List.of(new ColumnCast("DOUBLE", ANY));
            case "BOOLEAN" -> List.of(new ColumnCast("BOOLEAN", ANY));
            case "DATE" -> List.of(new ColumnCast("DATE", DAY));
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
        String pattern = scale == 0 ? WHOLE : DIGITS + "([.][0-9]{0," + scale + "}0*)?";
        return new ColumnCast("DECIMAL(" + digits + "," + scale + ")", pattern);
    }

    /** The value of the column as this type, or an error. */
    String value(String column) {
        return "CAST(" + readable(column) + " AS " + type + ")";
    }

    /** DuckDB reads no zone after a space. */
    private String readable(String column) {
        String name = Sql.name(column);
        return equals(TIMESTAMPTZ) ? "replace(replace(" + name + ", ' +', '+'), ' -', '-')" : name;
    }

    /** How many values of the column cannot be read as this type. */
    String misfits(String column) {
        String name = Sql.name(column);
        return "count(*) FILTER (WHERE " + name + " IS NOT NULL AND NOT (regexp_full_match(" + name + ", "
                + Sql.text(pattern) + ") AND TRY_CAST(" + readable(column) + " AS " + type + ") IS NOT NULL))";
    }
}
