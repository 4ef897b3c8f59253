// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A minimum or maximum value of column statistics, decoded.
 *
 * @param shown the value to display
 * @param key the value to compare, in the order of the column's type; of the same class for all values of one column
 */
record MinMaxValue(Object shown, Comparable<?> key) {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    @SuppressWarnings("unchecked")
    int compareTo(MinMaxValue other) {
        return ((Comparable<Object>) key).compareTo(other.key);
    }

    /**
     * Decodes a value; null if the column's type has no order or the bytes do not fit the type.
     *
     * @param older whether it comes from the deprecated fields {@code min} and {@code max}, whose order is always signed;
     *     null for types with another order
     */
    static @Nullable MinMaxValue of(byte[] bytes, ParquetColumn column, boolean older) {
        try {
            MinMaxValue bound = decoded(bytes, column);
            boolean signed =
                    !(bound.key instanceof String) && !column.logicalType().endsWith(",false)");
            return older && !signed ? null : bound;
        } catch (RuntimeException e) {
            return null;
        }
    }

    private static MinMaxValue decoded(byte[] bytes, ParquetColumn column) {
        String physical = column.physicalType();
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return switch (physical) {
            case "boolean" -> plain(in.get() != 0);
            case "int32" -> number(sized(in, 4).getInt(), 32, column);
            case "int64" -> number(sized(in, 8).getLong(), 64, column);
            case "float" -> floating(sized(in, 4).getFloat());
            case "double" -> floating(sized(in, 8).getDouble());
            case "int96" -> throw new MalformedParquetException("int96 has no order");
            default -> bytes(bytes, column);
        };
    }

    private static ByteBuffer sized(ByteBuffer in, int size) {
        if (in.remaining() != size) {
            throw new MalformedParquetException(in.remaining() + " bytes, expected " + size);
        }
        return in;
    }

    private static MinMaxValue plain(Comparable<?> value) {
        return new MinMaxValue(value, value);
    }

    private static MinMaxValue floating(double value) {
        if (Double.isNaN(value)) {
            throw new MalformedParquetException("NaN has no order");
        }
        return plain(value);
    }

    private static MinMaxValue number(long value, int bits, ParquetColumn column) {
        return switch (kind(column)) {
            case "DATE" -> new MinMaxValue(LocalDate.ofEpochDay(value).toString(), value);
            case "TIME" ->
                new MinMaxValue(LocalTime.ofNanoOfDay(nanos(value, column)).toString(), value);
            case "TIMESTAMP" -> new MinMaxValue(timestamp(value, column), value);
            case "DECIMAL" -> plain(new BigDecimal(BigInteger.valueOf(value), scale(column)));
            case "INTEGER" -> column.logicalType().endsWith(",false)") ? unsigned(value, bits) : plain(value);
            default -> plain(value);
        };
    }

    private static MinMaxValue unsigned(long value, int bits) {
        return plain(
                bits == 32 ? BigInteger.valueOf(value & 0xffffffffL) : new BigInteger(Long.toUnsignedString(value)));
    }

    private static long unitsPerSecond(ParquetColumn column) {
        String type = column.logicalType();
        if (type.contains("MILLIS")) {
            return 1_000;
        }
        return type.contains("MICROS") ? 1_000_000 : NANOS_PER_SECOND;
    }

    private static long nanos(long value, ParquetColumn column) {
        return Math.multiplyExact(value, NANOS_PER_SECOND / unitsPerSecond(column));
    }

    private static String timestamp(long value, ParquetColumn column) {
        long units = unitsPerSecond(column);
        LocalDateTime time = LocalDateTime.ofEpochSecond(
                Math.floorDiv(value, units),
                (int) (Math.floorMod(value, units) * (NANOS_PER_SECOND / units)),
                ZoneOffset.UTC);
        return time + (column.logicalType().endsWith(",true)") ? "Z" : "");
    }

    private static MinMaxValue bytes(byte[] bytes, ParquetColumn column) {
        // ISO 8859-1 maps each byte to one character, so the keys compare as unsigned bytes.
        String key = new String(bytes, StandardCharsets.ISO_8859_1);
        return switch (kind(column)) {
            case "STRING", "ENUM", "JSON" -> new MinMaxValue(new String(bytes, StandardCharsets.UTF_8), key);
            case "DECIMAL" -> plain(new BigDecimal(new BigInteger(bytes), scale(column)));
            case "UUID" -> new MinMaxValue(uuid(bytes), key);
            case "FLOAT16" ->
                floating(Float.float16ToFloat(sized(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 2)
                        .getShort()));
            case "INTERVAL", "GEOMETRY", "GEOGRAPHY", "VARIANT" -> throw new MalformedParquetException("no order");
            default -> new MinMaxValue("0x" + HexFormat.of().formatHex(bytes), key);
        };
    }

    private static String uuid(byte[] bytes) {
        ByteBuffer in = sized(ByteBuffer.wrap(bytes), 16);
        return new java.util.UUID(in.getLong(), in.getLong()).toString();
    }

    private static String kind(ParquetColumn column) {
        String type = column.logicalType();
        int arguments = type.indexOf('(');
        return arguments < 0 ? type : type.substring(0, arguments);
    }

    private static int scale(ParquetColumn column) {
        String type = column.logicalType();
        return Integer.parseInt(type.substring(type.indexOf(',') + 1, type.length() - 1));
    }
}
