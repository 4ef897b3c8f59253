// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.Printable;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/** One element of a schema: a column or a group. It keeps its encoded bytes for comparison. */
final class SchemaElement {
    static final int TYPE = 1;
    static final int TYPE_LENGTH = 2;
    static final int REPETITION = 3;
    static final int NAME = 4;
    static final int CHILDREN = 5;
    static final int CONVERTED_TYPE = 6;
    static final int SCALE = 7;
    static final int PRECISION = 8;
    static final int FIELD_ID = 9;
    static final int LOGICAL_TYPE = 10;

    private int type = -1;
    private int typeLength;
    private int repetition = -1;
    private String name = "";
    private int children;
    private int convertedType = -1;
    private int scale;
    private int precision;
    private int fieldId = -1;
    private Annotation annotation = Annotation.NONE;

    private final Span whole;

    private SchemaElement(CompactReader in) {
        int from = in.position();
        CompactReader.StructReader fields = in.struct(ThriftStruct.SCHEMA_ELEMENT);
        while (fields.next()) {
            readField(fields.id(), fields);
        }
        // LogicalType has no interval; parquet-java writes intervals there as an unknown type.
        if (convertedType == Annotation.INTERVAL || (annotation.isNone() && convertedType >= 0)) {
            annotation = Annotation.converted(convertedType, precision, scale);
        }
        whole = new Span(in.bytes(), CompactReader.STRUCT, from, in.position());
    }

    static SchemaElement read(CompactReader in) {
        return new SchemaElement(in);
    }

    private void readField(int id, CompactReader.StructReader fields) {
        switch (id) {
            case TYPE -> type = fields.i32();
            case TYPE_LENGTH -> typeLength = fields.i32();
            case REPETITION -> repetition = fields.i32();
            case NAME -> name = fields.text();
            case CHILDREN -> children = fields.i32();
            case CONVERTED_TYPE -> convertedType = fields.i32();
            case SCALE -> scale = fields.i32();
            case PRECISION -> precision = fields.i32();
            case FIELD_ID -> fieldId = fields.i32();
            case LOGICAL_TYPE -> annotation = Annotation.read(fields.struct());
            default -> fields.skip();
        }
    }

    String name() {
        return name;
    }

    int children() {
        return children;
    }

    /** Whether the element is a column. An element without a physical type is a group, even without children. */
    boolean isColumn() {
        return type >= 0;
    }

    OptionalInt fieldId() {
        return fieldId < 0 ? OptionalInt.empty() : OptionalInt.of(fieldId);
    }

    boolean isRepeated() {
        return repetition == REPEATED;
    }

    String repetitionText() {
        return word(REPETITIONS, repetition);
    }

    Annotation annotation() {
        return annotation;
    }

    /** Whether both have equal encoded fields, unknown ones included. The root's name is ignored. */
    boolean sameAs(SchemaElement other, boolean root) {
        return whole.sameAs(other.whole) || (root && sameButName(fields(), other.fields()));
    }

    /** Whether both have equal encoded fields except for the field id. The root's name is ignored. */
    boolean sameButId(SchemaElement other, boolean root) {
        Map<Integer, Span> mine = fields();
        Map<Integer, Span> theirs = other.fields();
        mine.remove(FIELD_ID);
        theirs.remove(FIELD_ID);
        return root ? sameButName(mine, theirs) : same(mine, theirs);
    }

    private static boolean sameButName(Map<Integer, Span> mine, Map<Integer, Span> theirs) {
        mine.remove(NAME);
        theirs.remove(NAME);
        return same(mine, theirs);
    }

    private static boolean same(Map<Integer, Span> mine, Map<Integer, Span> theirs) {
        return mine.keySet().equals(theirs.keySet())
                && mine.entrySet().stream().allMatch(field -> Span.same(field.getValue(), theirs.get(field.getKey())));
    }

    private Map<Integer, Span> fields() {
        Map<Integer, Span> all = new TreeMap<>();
        CompactReader.StructReader fields = whole.reader().struct();
        while (fields.next()) {
            all.put(fields.id(), fields.span());
        }
        return all;
    }

    /** The element's line as parquet-java prints it. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append(repetitionText()).append(' ').append(typeText()).append(' ').append(Printable.of(name));
        if (!annotation.isNone()) {
            text.append(" (").append(annotation.text()).append(')');
        }
        if (fieldId >= 0) {
            text.append(" = ").append(fieldId);
        }
        return text.append(isColumn() ? ";" : " {").toString();
    }

    String typeText() {
        if (!isColumn()) {
            return "group";
        }
        String word = typeWord(type);
        return word.equals(FIXED) ? FIXED + "(" + typeLength + ")" : word;
    }

    /** The name of a physical type in schema text, without a length. */
    static String typeWord(int type) {
        return word(TYPES, type);
    }

    /**
     * Writes the element with another field id and its other fields as they were encoded.
     *
     * @param id the field id; negative for none
     */
    void write(CompactWriter out, int id) {
        int last = 0;
        boolean due = id >= 0;
        CompactReader.StructReader fields = whole.reader().struct(ThriftStruct.SCHEMA_ELEMENT);
        while (fields.next()) {
            if (due && fields.id() > FIELD_ID) {
                last = out.i32Field(last, FIELD_ID, id);
                due = false;
            }
            if (fields.id() == FIELD_ID) {
                fields.skip();
            } else {
                last = out.spanField(last, fields.id(), fields.span());
            }
        }
        if (due) {
            out.i32Field(last, FIELD_ID, id);
        }
        out.stop();
    }

    private static final int REPEATED = 2;
    private static final String FIXED = "fixed_len_byte_array";
    private static final String[] REPETITIONS = {"required", "optional", "repeated"};
    private static final String[] TYPES = {"boolean", "int32", "int64", "int96", "float", "double", "binary", FIXED};

    private static String word(String[] words, int value) {
        return value >= 0 && value < words.length ? words[value] : "unknown_" + value;
    }

    /**
     * The logical type of a column, from {@code LogicalType} or the deprecated {@code ConvertedType}.
     *
     * @param kind its name in schema text
     * @param arguments the text in its parentheses, separated by commas; empty if there is none
     */
    record Annotation(String kind, String arguments) {
        static final Annotation NONE = new Annotation("", "");
        static final int INTERVAL = 21;

        private static final String[] LOGICAL = {
            "",
            "STRING",
            "MAP",
            "LIST",
            "ENUM",
            "DECIMAL",
            "DATE",
            "TIME",
            "TIMESTAMP",
            "LOGICAL_9",
            "INTEGER",
            "UNKNOWN",
            "JSON",
            "BSON",
            "UUID",
            "FLOAT16",
            "VARIANT",
            "GEOMETRY",
            "GEOGRAPHY"
        };
        private static final String[] UNITS = {"", "MILLIS", "MICROS", "NANOS"};

        boolean isNone() {
            return kind.isEmpty();
        }

        String text() {
            return arguments.isEmpty() ? kind : kind + "(" + arguments + ")";
        }

        /** Reads the Thrift union {@code LogicalType}; an unknown member is named {@code LOGICAL_n}. */
        static Annotation read(CompactReader.StructReader union) {
            Annotation found = NONE;
            while (union.next()) {
                int id = union.id();
                String kind = id < LOGICAL.length ? LOGICAL[id] : "LOGICAL_" + id;
                found = switch (kind) {
                    case "DECIMAL" -> decimal(union.struct());
                    case "TIME", "TIMESTAMP" -> time(kind, union.struct());
                    case "INTEGER" -> integer(union.struct());
                    default -> plain(kind, union);
                };
            }
            return found;
        }

        private static Annotation plain(String kind, CompactReader.StructReader union) {
            union.skip();
            return new Annotation(kind, "");
        }

        private static Annotation decimal(CompactReader.StructReader fields) {
            int scale = 0;
            int precision = 0;
            while (fields.next()) {
                switch (fields.id()) {
                    case 1 -> scale = fields.i32();
                    case 2 -> precision = fields.i32();
                    default -> fields.skip();
                }
            }
            return new Annotation("DECIMAL", precision + "," + scale);
        }

        private static Annotation time(String kind, CompactReader.StructReader fields) {
            boolean utc = false;
            int unit = 0;
            while (fields.next()) {
                switch (fields.id()) {
                    case 1 -> utc = fields.bool();
                    case 2 -> unit = variant(fields.struct());
                    default -> fields.skip();
                }
            }
            return new Annotation(kind, (unit < UNITS.length ? UNITS[unit] : "UNIT_" + unit) + "," + utc);
        }

        private static Annotation integer(CompactReader.StructReader fields) {
            int bits = 0;
            boolean signed = false;
            while (fields.next()) {
                switch (fields.id()) {
                    case 1 -> bits = fields.i8();
                    case 2 -> signed = fields.bool();
                    default -> fields.skip();
                }
            }
            return new Annotation("INTEGER", bits + "," + signed);
        }

        /** The id of the member that a union holds. */
        private static int variant(CompactReader.StructReader union) {
            int id = 0;
            while (union.next()) {
                id = union.id();
                union.skip();
            }
            return id;
        }

        /** The annotation for a value of the deprecated enumeration {@code ConvertedType}. */
        static Annotation converted(int value, int precision, int scale) {
            return switch (value) {
                case 0 -> new Annotation("STRING", "");
                case 1 -> new Annotation("MAP", "");
                case 2 -> new Annotation("MAP_KEY_VALUE", "");
                case 3 -> new Annotation("LIST", "");
                case 4 -> new Annotation("ENUM", "");
                case 5 -> new Annotation("DECIMAL", precision + "," + scale);
                case 6 -> new Annotation("DATE", "");
                case 7 -> new Annotation("TIME", "MILLIS,true");
                case 8 -> new Annotation("TIME", "MICROS,true");
                case 9 -> new Annotation("TIMESTAMP", "MILLIS,true");
                case 10 -> new Annotation("TIMESTAMP", "MICROS,true");
                case 11, 12, 13, 14 -> new Annotation("INTEGER", (8 << (value - 11)) + ",false");
                case 15, 16, 17, 18 -> new Annotation("INTEGER", (8 << (value - 15)) + ",true");
                case 19 -> new Annotation("JSON", "");
                case 20 -> new Annotation("BSON", "");
                case INTERVAL -> new Annotation("INTERVAL", "");
                default -> new Annotation("CONVERTED_" + value, "");
            };
        }
    }
}
