// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A set of values and the SQL type that holds each of them exactly. */
sealed interface ValueType {
    int MOST_DIGITS = 38;
    /** The widest integer type whose values are all exact as DOUBLE. */
    int WHOLE_IN_DOUBLE_BITS = 32;
    /** The widest integer type whose values are all exact as FLOAT. */
    int WHOLE_IN_FLOAT_BITS = 16;

    /** The SQL type; empty if every type holds the values. */
    String sql();

    record Whole(int bits, boolean signed) implements ValueType {
        @Override
        public String sql() {
            String name = switch (bits) {
                case 8 -> "TINYINT";
                case 16 -> "SMALLINT";
                case 32 -> "INTEGER";
                default -> "BIGINT";
            };
            return signed ? name : "U" + name;
        }

        int digits() {
            return switch (bits) {
                case 8 -> 3;
                case 16 -> 5;
                case 32 -> 10;
                default -> signed ? 19 : 20;
            };
        }
    }

    record Floating(boolean wide) implements ValueType {
        @Override
        public String sql() {
            return wide ? "DOUBLE" : "FLOAT";
        }
    }

    record Decimal(int whole, int scale) implements ValueType {
        @Override
        public String sql() {
            return "DECIMAL(" + (whole + scale) + "," + scale + ")";
        }
    }

    /**
     * A type that cannot be united with another type.
     *
     * @param kind distinguishes types that share one SQL type
     */
    record Plain(String kind, String sql) implements ValueType {}

    /** Only NULL values. */
    record Nothing() implements ValueType {
        @Override
        public String sql() {
            return "";
        }
    }

    /**
     * The value type of a column; empty if an SQL engine would truncate or reinterpret its values, or its type is unknown.
     */
    static Optional<ValueType> of(ParquetColumn column) {
        String logical = column.logicalType();
        return switch (logical.replaceAll("\\(.*", "")) {
            case "" -> physical(column.physicalType());
            case "STRING", "ENUM" -> plain("text", "VARCHAR");
            case "JSON", "UUID", "DATE", "INTERVAL" -> plain(logical, logical);
            case "FLOAT16" -> Optional.of(new Floating(false));
            case "UNKNOWN" -> Optional.of(new Nothing());
            case "INTEGER" -> integer(logical);
            case "DECIMAL" -> decimal(logical);
            case "TIME", "TIMESTAMP" -> time(logical);
            default -> Optional.empty();
        };
    }

    private static Optional<ValueType> plain(String kind, String sql) {
        return Optional.of(new Plain(kind, sql));
    }

    private static Optional<ValueType> physical(String type) {
        return switch (type) {
            case "boolean" -> plain(type, "BOOLEAN");
            case "int32" -> Optional.of(new Whole(32, true));
            case "int64" -> Optional.of(new Whole(64, true));
            case "int96" -> plain(type, "TIMESTAMP");
            case "float" -> Optional.of(new Floating(false));
            case "double" -> Optional.of(new Floating(true));
            default -> type.startsWith("unknown") ? Optional.empty() : plain("bytes", "BLOB");
        };
    }

    private static Optional<ValueType> integer(String logical) {
        Matcher found =
                Pattern.compile("INTEGER\\((8|16|32|64),(true|false)\\)").matcher(logical);
        return found.matches()
                ? Optional.of(new Whole(
                        Integer.parseInt(found.group(1)), found.group(2).equals("true")))
                : Optional.empty();
    }

    private static Optional<ValueType> decimal(String logical) {
        Matcher found = Pattern.compile("DECIMAL\\((\\d{1,3}),(\\d{1,3})\\)").matcher(logical);
        if (!found.matches()) {
            return Optional.empty();
        }
        int precision = Integer.parseInt(found.group(1));
        int scale = Integer.parseInt(found.group(2));
        return precision >= 1 && precision <= MOST_DIGITS && scale <= precision
                ? Optional.of(new Decimal(precision - scale, scale))
                : Optional.empty();
    }

    private static Optional<ValueType> time(String logical) {
        return switch (logical) {
            case "TIME(MILLIS,false)", "TIME(MICROS,false)" -> plain("time", "TIME");
            case "TIME(MILLIS,true)", "TIME(MICROS,true)" -> plain("time utc", "TIME WITH TIME ZONE");
            case "TIME(NANOS,false)" -> plain("time nanos", "TIME_NS");
            case "TIMESTAMP(MILLIS,false)", "TIMESTAMP(MICROS,false)" -> plain("timestamp", "TIMESTAMP");
            case "TIMESTAMP(MILLIS,true)", "TIMESTAMP(MICROS,true)" ->
                plain("timestamp utc", "TIMESTAMP WITH TIME ZONE");
            case "TIMESTAMP(NANOS,false)" -> plain("timestamp nanos", "TIMESTAMP_NS");
            // DuckDB has no type with a time zone and nanoseconds.
            default -> Optional.empty();
        };
    }

    /** The smallest type that holds every value of both exactly; empty if there is none or the meaning would change. */
    static Optional<ValueType> union(ValueType one, ValueType other) {
        if (one.equals(other) || other instanceof Nothing) {
            return Optional.of(one);
        }
        if (one instanceof Nothing) {
            return Optional.of(other);
        }
        Optional<ValueType> found = wider(one, other);
        return found.isPresent() ? found : wider(other, one);
    }

    private static Optional<ValueType> wider(ValueType one, ValueType other) {
        if (one instanceof Whole a && other instanceof Whole b) {
            return whole(a, b);
        }
        if (one instanceof Floating && other instanceof Floating) {
            return Optional.of(new Floating(true));
        }
        if (one instanceof Floating floating && other instanceof Whole whole) {
            int most = floating.wide() ? WHOLE_IN_DOUBLE_BITS : WHOLE_IN_FLOAT_BITS;
            return whole.bits() <= most ? Optional.of(floating) : Optional.empty();
        }
        if (one instanceof Decimal a && other instanceof Decimal b) {
            return decimal(Math.max(a.whole(), b.whole()), Math.max(a.scale(), b.scale()));
        }
        if (one instanceof Decimal decimal && other instanceof Whole whole) {
            return decimal(Math.max(decimal.whole(), whole.digits()), decimal.scale());
        }
        return Optional.empty();
    }

    private static Optional<ValueType> whole(Whole a, Whole b) {
        if (a.signed() == b.signed()) {
            return Optional.of(a.bits() > b.bits() ? a : b);
        }
        Whole signed = a.signed() ? a : b;
        int bits = Math.max(signed.bits(), 2 * (a.signed() ? b : a).bits());
        return bits <= 64 ? Optional.of(new Whole(bits, true)) : Optional.empty();
    }

    private static Optional<ValueType> decimal(int whole, int scale) {
        return whole + scale <= MOST_DIGITS ? Optional.of(new Decimal(whole, scale)) : Optional.empty();
    }
}
