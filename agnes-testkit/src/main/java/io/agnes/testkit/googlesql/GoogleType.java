// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit.googlesql;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A type of GoogleSQL.
 *
 * @param precision the first parameter, for example the length of {@code STRING(10)}; null if there is none
 * @param scale the second parameter; null if there is none
 * @param fields the fields of a STRUCT, else empty
 * @param element the element type of an ARRAY or RANGE, else null
 */
public record GoogleType(
        Kind kind,
        @Nullable Integer precision,
        @Nullable Integer scale,
        List<GoogleColumn> fields,
        @Nullable GoogleType element) {

    /** The types without their parameters. */
    public enum Kind {
        INT64("INTEGER", "BIGINT"),
        FLOAT64("FLOAT", "DOUBLE"),
        NUMERIC("NUMERIC", "DECIMAL(38, 9)"),
        /** DuckDB's decimals have at most 38 digits, so these are texts of numbers, marked by a STRUCT. */
        BIGNUMERIC("BIGNUMERIC", "STRUCT(\"$BIGNUMERIC\" VARCHAR)"),
        BOOL("BOOLEAN", "BOOLEAN"),
        STRING("STRING", "VARCHAR"),
        BYTES("BYTES", "BLOB"),
        DATE("DATE", "DATE"),
        TIME("TIME", "TIME"),
        DATETIME("DATETIME", "TIMESTAMP"),
        TIMESTAMP("TIMESTAMP", "TIMESTAMPTZ"),
        GEOGRAPHY("GEOGRAPHY", "GEOMETRY"),
        JSON("JSON", "JSON"),
        INTERVAL("INTERVAL", "INTERVAL"),
        STRUCT("RECORD", ""),
        ARRAY("ARRAY", ""),
        /** Texts like {@code [2020-01-01, 2020-02-01)}, marked by a STRUCT. */
        RANGE("RANGE", "");

        private final String apiName;
        private final String duckDbName;

        Kind(String apiName, String duckDbName) {
            this.apiName = apiName;
            this.duckDbName = duckDbName;
        }

        /** The name in a table's schema in the REST API. */
        public String apiName() {
            return apiName;
        }
    }

    public GoogleType {
        fields = List.copyOf(fields);
    }

    static GoogleType plain(Kind kind) {
        return new GoogleType(kind, null, null, List.of(), null);
    }

    static GoogleType struct(List<GoogleColumn> fields) {
        return new GoogleType(Kind.STRUCT, null, null, fields, null);
    }

    static GoogleType array(GoogleType element) {
        return new GoogleType(Kind.ARRAY, null, null, List.of(), element);
    }

    static GoogleType range(Kind element) {
        return new GoogleType(Kind.RANGE, null, null, List.of(), plain(element));
    }

    /** The element type of an ARRAY or RANGE. */
    public GoogleType elementType() {
        if (element == null) {
            throw new IllegalStateException(kind + " has no elements");
        }
        return element;
    }

    /** The type in which the warehouse stores values. */
    public String duckDbType() {
        return switch (kind) {
            case NUMERIC ->
                precision == null ? kind.duckDbName : "DECIMAL(" + precision + ", " + (scale == null ? 0 : scale) + ")";
            case ARRAY -> elementType().duckDbType() + "[]";
            case RANGE -> "STRUCT(" + Quoting.name(marker()) + " VARCHAR)";
            case STRUCT ->
                fields.stream()
                        .map(field ->
                                Quoting.name(field.name()) + " " + field.type().duckDbType())
                        .collect(Collectors.joining(", ", "STRUCT(", ")"));
            default -> kind.duckDbName;
        };
    }

    /** Whether the warehouse stores values as texts that a STRUCT of one field marks. */
    public boolean isMarked() {
        return kind == Kind.BIGNUMERIC || kind == Kind.RANGE;
    }

    private String marker() {
        return kind == Kind.RANGE ? "$RANGE_" + elementType().kind : "$" + kind;
    }

    /** DuckDB's SQL for a marked value from the SQL of its text. */
    public String mark(String text) {
        return "CASE WHEN " + text + " IS NOT NULL THEN struct_pack(" + Quoting.name(marker()) + " := " + text
                + ") END";
    }

    /** DuckDB's SQL for the text of a marked value. */
    public String unmark(String value) {
        return "struct_extract(" + value + ", " + Quoting.text(marker()) + ")";
    }

    /** The type of GoogleSQL for a column type that DuckDB reports for a query. */
    public static GoogleType ofDuckDb(String type) {
        return new DuckDbTypeReader(type).read();
    }

    /** The type as GoogleSQL writes it, for example {@code ARRAY<STRING>}. */
    @Override
    public String toString() {
        return switch (kind) {
            case ARRAY, RANGE -> kind + "<" + elementType() + ">";
            case STRUCT ->
                fields.stream()
                        .map(field -> field.name() + " " + field.type())
                        .collect(Collectors.joining(", ", "STRUCT<", ">"));
            default ->
                precision == null ? kind.name() : kind + "(" + precision + (scale == null ? "" : ", " + scale) + ")";
        };
    }

    /** The kind with this name of GoogleSQL or of the REST API, or null. */
    static @Nullable Kind kind(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "INT", "SMALLINT", "INTEGER", "BIGINT", "TINYINT", "BYTEINT", "INT64" -> Kind.INT64;
            case "FLOAT", "FLOAT64" -> Kind.FLOAT64;
            case "DECIMAL", "NUMERIC" -> Kind.NUMERIC;
            case "BIGDECIMAL", "BIGNUMERIC" -> Kind.BIGNUMERIC;
            case "BOOL", "BOOLEAN" -> Kind.BOOL;
            case "STRING" -> Kind.STRING;
            case "BYTES" -> Kind.BYTES;
            case "DATE" -> Kind.DATE;
            case "TIME" -> Kind.TIME;
            case "DATETIME" -> Kind.DATETIME;
            case "TIMESTAMP" -> Kind.TIMESTAMP;
            case "GEOGRAPHY" -> Kind.GEOGRAPHY;
            case "JSON" -> Kind.JSON;
            case "INTERVAL" -> Kind.INTERVAL;
            case "STRUCT", "RECORD" -> Kind.STRUCT;
            case "ARRAY" -> Kind.ARRAY;
            case "RANGE" -> Kind.RANGE;
            default -> null;
        };
    }
}
