// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A column in its three vocabularies.
 *
 * @param sqlType what DuckDB holds
 * @param type what the backend calls it
 * @param length as in {@code 38,0}
 * @param baseType Keboola's own, portable name
 */
record Column(
        String name, String sqlType, String type, @Nullable String length, String baseType) {
    static final String INTERNAL_TIMESTAMP = "_timestamp";

    static Column untyped(String name, Backend backend) {
        return switch (backend) {
            case SNOWFLAKE -> new Column(name, "VARCHAR", "VARCHAR", "16777216", "STRING");
            case BIGQUERY -> new Column(name, "VARCHAR", "STRING", null, "STRING");
        };
    }

    static Column typed(String name, String duckType, Backend backend) {
        return switch (backend) {
            case SNOWFLAKE -> snowflake(name, duckType.toUpperCase(Locale.ROOT));
            case BIGQUERY -> bigQuery(name, duckType.toUpperCase(Locale.ROOT));
        };
    }

    private static Column snowflake(String name, String duckType) {
        return switch (duckType) {
            case "TINYINT",
                    "SMALLINT",
                    "INTEGER",
                    "BIGINT",
                    "HUGEINT",
                    "UTINYINT",
                    "USMALLINT",
                    "UINTEGER",
                    "UBIGINT" -> new Column(name, "DECIMAL(38,0)", "NUMBER", "38,0", "NUMERIC");
            case "FLOAT", "DOUBLE" -> new Column(name, "DOUBLE", "FLOAT", null, "FLOAT");
            case "BOOLEAN" -> new Column(name, "BOOLEAN", "BOOLEAN", null, "BOOLEAN");
            case "DATE" -> new Column(name, "DATE", "DATE", null, "DATE");
            case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS" ->
                new Column(name, "TIMESTAMP", "TIMESTAMP_NTZ", "9", "TIMESTAMP");
            case "TIMESTAMP WITH TIME ZONE" -> new Column(name, "TIMESTAMPTZ", "TIMESTAMP_TZ", "9", "TIMESTAMP");
            default ->
                decimal(duckType)
                        ? new Column(name, duckType, "NUMBER", digits(duckType), "NUMERIC")
                        : untyped(name, Backend.SNOWFLAKE);
        };
    }

    private static Column bigQuery(String name, String duckType) {
        return switch (duckType) {
            case "TINYINT",
                    "SMALLINT",
                    "INTEGER",
                    "BIGINT",
                    "HUGEINT",
                    "UTINYINT",
                    "USMALLINT",
                    "UINTEGER",
                    "UBIGINT" -> new Column(name, "BIGINT", "INT64", null, "INTEGER");
            case "FLOAT", "DOUBLE" -> new Column(name, "DOUBLE", "FLOAT64", null, "FLOAT");
            case "BOOLEAN" -> new Column(name, "BOOLEAN", "BOOL", null, "BOOLEAN");
            case "DATE" -> new Column(name, "DATE", "DATE", null, "DATE");
            case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE" ->
                new Column(name, "TIMESTAMP", "TIMESTAMP", null, "TIMESTAMP");
            default ->
                decimal(duckType)
                        ? new Column(name, duckType, "NUMERIC", digits(duckType), "NUMERIC")
                        : untyped(name, Backend.BIGQUERY);
        };
    }

    private static boolean decimal(String duckType) {
        return duckType.startsWith("DECIMAL(");
    }

    private static String digits(String decimal) {
        return decimal.substring("DECIMAL(".length(), decimal.length() - 1);
    }

    /** Names as Keboola takes them: letters, digits and underscores. */
    static String storageName(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9_]+", "_").replaceAll("^_+|_+$", "");
        return plain.isEmpty() ? "column" : plain;
    }

    boolean isText() {
        return sqlType.equals("VARCHAR");
    }

    boolean hasZone() {
        return sqlType.equals("TIMESTAMPTZ");
    }
}
