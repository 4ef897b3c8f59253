// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A column of a fake table with its type in DuckDB, in the backend and in Keboola.
 *
 * @param sqlType the DuckDB type
 * @param type the type of the backend
 * @param length the length in the backend, for example {@code 38,0}; null if the type has none
 * @param baseType Keboola's portable type
 */
record FakeColumn(
        String name, String sqlType, String type, @Nullable String length, String baseType) {
    static final String INTERNAL_TIMESTAMP = "_timestamp";

    static FakeColumn untyped(String name, Backend backend) {
        return switch (backend) {
            case SNOWFLAKE -> new FakeColumn(name, "VARCHAR", "VARCHAR", "16777216", "STRING");
            case BIGQUERY -> new FakeColumn(name, "VARCHAR", "STRING", null, "STRING");
        };
    }

    static FakeColumn typed(String name, String duckType, Backend backend) {
        return switch (backend) {
            case SNOWFLAKE -> snowflake(name, duckType.toUpperCase(Locale.ROOT));
            case BIGQUERY -> bigQuery(name, duckType.toUpperCase(Locale.ROOT));
        };
    }

    private static FakeColumn snowflake(String name, String duckType) {
        return switch (duckType) {
            case "TINYINT",
                    "SMALLINT",
                    "INTEGER",
                    "BIGINT",
                    "HUGEINT",
                    "UTINYINT",
                    "USMALLINT",
                    "UINTEGER",
                    "UBIGINT" -> new FakeColumn(name, "DECIMAL(38,0)", "NUMBER", "38,0", "NUMERIC");
            case "FLOAT", "DOUBLE" -> new FakeColumn(name, "DOUBLE", "FLOAT", null, "FLOAT");
            case "BOOLEAN" -> new FakeColumn(name, "BOOLEAN", "BOOLEAN", null, "BOOLEAN");
            case "DATE" -> new FakeColumn(name, "DATE", "DATE", null, "DATE");
            case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS" ->
                new FakeColumn(name, "TIMESTAMP", "TIMESTAMP_NTZ", "9", "TIMESTAMP");
            case "TIMESTAMP WITH TIME ZONE" -> new FakeColumn(name, "TIMESTAMPTZ", "TIMESTAMP_TZ", "9", "TIMESTAMP");
            default ->
                decimal(duckType)
                        ? new FakeColumn(name, duckType, "NUMBER", digits(duckType), "NUMERIC")
                        : untyped(name, Backend.SNOWFLAKE);
        };
    }

    private static FakeColumn bigQuery(String name, String duckType) {
        return switch (duckType) {
            case "TINYINT",
                    "SMALLINT",
                    "INTEGER",
                    "BIGINT",
                    "HUGEINT",
                    "UTINYINT",
                    "USMALLINT",
                    "UINTEGER",
                    "UBIGINT" -> new FakeColumn(name, "BIGINT", "INT64", null, "INTEGER");
            case "FLOAT", "DOUBLE" -> new FakeColumn(name, "DOUBLE", "FLOAT64", null, "FLOAT");
            case "BOOLEAN" -> new FakeColumn(name, "BOOLEAN", "BOOL", null, "BOOLEAN");
            case "DATE" -> new FakeColumn(name, "DATE", "DATE", null, "DATE");
            case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE" ->
                new FakeColumn(name, "TIMESTAMP", "TIMESTAMP", null, "TIMESTAMP");
            default ->
                decimal(duckType)
                        ? new FakeColumn(name, duckType, "NUMERIC", digits(duckType), "NUMERIC")
                        : untyped(name, Backend.BIGQUERY);
        };
    }

    private static boolean decimal(String duckType) {
        return duckType.startsWith("DECIMAL(");
    }

    private static String digits(String decimal) {
        return decimal.substring("DECIMAL(".length(), decimal.length() - 1);
    }

    /** The name with only letters, digits and underscores, as Keboola requires. */
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
