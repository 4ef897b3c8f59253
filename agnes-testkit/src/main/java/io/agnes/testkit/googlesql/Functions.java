// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.googlesql;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The functions of GoogleSQL that the fake can run, and their names in DuckDB. */
final class Functions {
    /** Words that can stand before a parenthesis and are no functions. */
    private static final Set<String> KEYWORDS = Set.of(
            "ALL",
            "AND",
            "ANY",
            "ARRAY",
            "AS",
            "BETWEEN",
            "BY",
            "CASE",
            "CROSS",
            "CUBE",
            "DISTINCT",
            "ELSE",
            "EXCEPT",
            "EXCLUDE",
            "EXISTS",
            "FROM",
            "FULL",
            "GROUPING",
            "HAVING",
            "IN",
            "INNER",
            "INTERSECT",
            "INTERVAL",
            "IS",
            "JOIN",
            "LEFT",
            "LIKE",
            "LIMIT",
            "NOT",
            "OFFSET",
            "ON",
            "OR",
            "ORDER",
            "OUTER",
            "OVER",
            "PARTITION",
            "QUALIFY",
            "RECURSIVE",
            "RIGHT",
            "ROLLUP",
            "SELECT",
            "SETS",
            "SOME",
            "THEN",
            "UNION",
            "UNNEST",
            "USING",
            "VALUES",
            "WHEN",
            "WHERE",
            "WINDOW",
            "WITH");

    /** Words that are reserved in DuckDB and may be identifiers in GoogleSQL. */
    private static final Set<String> RESERVED = Set.of(
            "CHECK",
            "COLUMN",
            "CONSTRAINT",
            "DO",
            "FOREIGN",
            "GRANT",
            "INITIALLY",
            "LAMBDA",
            "ONLY",
            "PLACING",
            "PRIMARY",
            "REFERENCES",
            "RETURNING",
            "TABLE",
            "UNIQUE");

    private static final Map<String, String> NAMES = new HashMap<>();

    static {
        for (String same : List.of(
                "ABS",
                "ANY_VALUE",
                "ARRAY_AGG",
                "ARRAY_TO_STRING",
                "ASCII",
                "AVG",
                "CEIL",
                "CEILING",
                "CHR",
                "COALESCE",
                "CONCAT",
                "CORR",
                "COUNT",
                "DENSE_RANK",
                "ENDS_WITH",
                "EXP",
                "EXTRACT",
                "FIRST_VALUE",
                "FLOOR",
                "GREATEST",
                "IF",
                "IFNULL",
                "LAG",
                "LAST_VALUE",
                "LEAD",
                "LEAST",
                "LEFT",
                "LENGTH",
                "LN",
                "LOG10",
                "LOWER",
                "LPAD",
                "LTRIM",
                "MAX",
                "MIN",
                "MOD",
                "NTILE",
                "NULLIF",
                "POW",
                "POWER",
                "RANK",
                "REPEAT",
                "REPLACE",
                "REVERSE",
                "RIGHT",
                "ROUND",
                "ROW_NUMBER",
                "RPAD",
                "RTRIM",
                "SIGN",
                "SQRT",
                "STARTS_WITH",
                "STDDEV",
                "STDDEV_POP",
                "STDDEV_SAMP",
                "STRING_AGG",
                "STRPOS",
                "SUBSTR",
                "SUBSTRING",
                "SUM",
                "TRIM",
                "TRUNC",
                "UPPER",
                "VARIANCE",
                "VAR_POP",
                "VAR_SAMP")) {
            NAMES.put(same, same);
        }
        NAMES.put("APPROX_COUNT_DISTINCT", "approx_count_distinct");
        NAMES.put("ARRAY_CONCAT", "list_concat");
        NAMES.put("ARRAY_LENGTH", "len");
        NAMES.put("ARRAY_REVERSE", "list_reverse");
        NAMES.put("BYTE_LENGTH", "octet_length");
        NAMES.put("CHAR_LENGTH", "length");
        NAMES.put("COUNTIF", "count_if");
        NAMES.put("DATE", "bq_date");
        NAMES.put("DATETIME", "bq_datetime");
        NAMES.put("DATETIME_ADD", "bq_add");
        NAMES.put("DATETIME_SUB", "bq_subtract");
        NAMES.put("DATE_ADD", "bq_add_to_date");
        NAMES.put("DATE_SUB", "bq_subtract_from_date");
        NAMES.put("DIV", "bq_div");
        NAMES.put("FORMAT_DATE", "bq_format");
        NAMES.put("FORMAT_DATETIME", "bq_format");
        NAMES.put("FORMAT_TIMESTAMP", "bq_format");
        NAMES.put("FROM_HEX", "unhex");
        NAMES.put("GENERATE_ARRAY", "generate_series");
        NAMES.put("JSON_VALUE", "json_extract_string");
        NAMES.put("JSON_QUERY", "json_extract");
        NAMES.put("LOGICAL_AND", "bool_and");
        NAMES.put("LOGICAL_OR", "bool_or");
        NAMES.put("PARSE_BIGNUMERIC", "bq_bignumeric");
        NAMES.put("PARSE_JSON", "bq_json");
        NAMES.put("REGEXP_CONTAINS", "regexp_matches");
        NAMES.put("REGEXP_EXTRACT", "regexp_extract");
        NAMES.put("SAFE_DIVIDE", "bq_safe_divide");
        NAMES.put("SPLIT", "string_split");
        NAMES.put("STRING", "bq_string");
        NAMES.put("ST_ASTEXT", "bq_string");
        NAMES.put("ST_GEOGFROMTEXT", "bq_geography");
        NAMES.put("ST_GEOGPOINT", "bq_point");
        NAMES.put("TIMESTAMP", "bq_timestamp");
        NAMES.put("TIMESTAMP_ADD", "bq_add");
        NAMES.put("TIMESTAMP_MICROS", "make_timestamptz");
        NAMES.put("TIMESTAMP_MILLIS", "bq_timestamp_millis");
        NAMES.put("TIMESTAMP_SECONDS", "bq_timestamp_seconds");
        NAMES.put("TIMESTAMP_SUB", "bq_subtract");
        NAMES.put("TO_HEX", "bq_to_hex");
        NAMES.put("TO_JSON", "to_json");
        NAMES.put("TO_JSON_STRING", "bq_json_string");
        NAMES.put("UNIX_MICROS", "epoch_us");
        NAMES.put("UNIX_MILLIS", "epoch_ms");
        NAMES.put("UNIX_SECONDS", "bq_unix_seconds");
    }

    private Functions() {}

    static boolean isKeyword(String word) {
        return KEYWORDS.contains(word.toUpperCase(Locale.ROOT));
    }

    static boolean isReserved(String word) {
        return RESERVED.contains(word.toUpperCase(Locale.ROOT));
    }

    /** The function's name in DuckDB, or null if the fake does not know the function. */
    static @Nullable String duckDbName(String name) {
        return NAMES.get(name.toUpperCase(Locale.ROOT));
    }

    /** The statements that create the functions that DuckDB lacks; they call {@code bq_format_micros}. */
    static List<String> macros() {
        return List.of(
                "CREATE MACRO bq_date(x) AS CAST(x AS DATE)",
                "CREATE MACRO bq_datetime(x) AS CAST(x AS TIMESTAMP)",
                "CREATE MACRO bq_timestamp(x) AS CAST(x AS TIMESTAMPTZ)",
                "CREATE MACRO bq_add(x, i) AS x + i",
                "CREATE MACRO bq_subtract(x, i) AS x - i",
                "CREATE MACRO bq_add_to_date(x, i) AS CAST(x + i AS DATE)",
                "CREATE MACRO bq_subtract_from_date(x, i) AS CAST(x - i AS DATE)",
                "CREATE MACRO bq_div(x, y) AS x // y",
                "CREATE MACRO bq_safe_divide(x, y) AS x / nullif(y, 0)",
                "CREATE MACRO bq_geography(x) AS CAST(x AS GEOMETRY)",
                "CREATE MACRO bq_point(x, y) AS CAST('POINT(' || CAST(x AS VARCHAR) || ' ' || CAST(y AS VARCHAR) || ')'"
                        + " AS GEOMETRY)",
                // DuckDB writes "POINT (1 2)", BigQuery "POINT(1 2)".
                "CREATE MACRO bq_wkt(x) AS regexp_replace(CAST(x AS VARCHAR), '([A-Z]) \\(', '\\1(', 'g')",
                "CREATE MACRO bq_json(x) AS CAST(x AS JSON)",
                "CREATE MACRO bq_json_string(x) AS regexp_replace(CAST(to_json(x) AS VARCHAR),"
                        + " '\\{\"\\$[A-Z_]+\":(\"[^\"]*\")\\}', '\\1', 'g')",
                "CREATE MACRO bq_timestamp_millis(x) AS make_timestamptz(x * 1000)",
                "CREATE MACRO bq_timestamp_seconds(x) AS make_timestamptz(x * 1000000)",
                "CREATE MACRO bq_unix_seconds(x) AS epoch_us(x) // 1000000",
                "CREATE MACRO bq_to_hex(x) AS lower(hex(x))",
                // Numbers without trailing zeros.
                "CREATE MACRO bq_number(t) AS CASE WHEN contains(t, '.') THEN rtrim(rtrim(t, '0'), '.') ELSE t END",
                "CREATE MACRO bq_bignumeric(x) AS CASE WHEN x IS NOT NULL THEN"
                        + " struct_pack(\"$BIGNUMERIC\" := bq_number(CAST(x AS VARCHAR))) END",
                // The fraction of a second in six digits, or nothing.
                "CREATE MACRO bq_fraction(us) AS CASE WHEN us % 1000000 = 0 THEN ''"
                        + " ELSE '.' || lpad(CAST((us % 1000000 + 1000000) % 1000000 AS VARCHAR), 6, '0') END",
                "CREATE MACRO bq_format(f, x) AS bq_format_micros(f, epoch_us(CAST(x AS TIMESTAMP))), (f, x, z) AS"
                        + " CASE WHEN z IN ('UTC', 'Etc/UTC', '+00:00') THEN"
                        + " bq_format_micros(f, epoch_us(CAST(x AS TIMESTAMP)))"
                        + " ELSE error('This fake formats times in UTC, not in ' || z) END",
                "CREATE MACRO bq_months(i) AS datepart('year', i) * 12 + datepart('month', i)",
                "CREATE MACRO bq_micros(i) AS datepart('hour', i) * 3600000000 + datepart('minute', i) * 60000000"
                        + " + datepart('microsecond', i)",
                "CREATE MACRO bq_sign(n) AS CASE WHEN n < 0 THEN '-' ELSE '' END",
                "CREATE MACRO bq_interval(i) AS bq_sign(bq_months(i)) || (abs(bq_months(i)) // 12) || '-'"
                        + " || (abs(bq_months(i)) % 12) || ' ' || datepart('day', i) || ' ' || bq_sign(bq_micros(i))"
                        + " || (abs(bq_micros(i)) // 3600000000) || ':' || (abs(bq_micros(i)) // 60000000 % 60) || ':'"
                        + " || (abs(bq_micros(i)) // 1000000 % 60) || rtrim(bq_fraction(abs(bq_micros(i))), '0')",
                // The branches have to bind for every type, so they go through text.
                "CREATE MACRO bq_string(x) AS CASE WHEN typeof(x) LIKE 'DECIMAL%' THEN bq_number(CAST(x AS VARCHAR))"
                        + " WHEN typeof(x) = 'BLOB' THEN decode(CAST(CAST(x AS VARCHAR) AS BLOB))"
                        + " WHEN typeof(x) = 'INTERVAL' THEN bq_interval(TRY_CAST(CAST(x AS VARCHAR) AS INTERVAL))"
                        + " WHEN typeof(x) LIKE 'STRUCT(\"$%' THEN"
                        + " regexp_extract(CAST(x AS VARCHAR), '^\\{''[^'']*'': ''?(.*?)''?\\}$', 1)"
                        + " WHEN typeof(x) = 'GEOMETRY' THEN bq_wkt(CAST(x AS VARCHAR))"
                        + " ELSE CAST(x AS VARCHAR) END");
    }
}
