// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

/** The Thrift structures of a footer and the names of their fields, for error messages. */
enum ThriftStruct {
    FILE_META_DATA(
            "FileMetaData",
            "version",
            "schema",
            "num_rows",
            "row_groups",
            "key_value_metadata",
            "created_by",
            "column_orders",
            "encryption_algorithm",
            "footer_signing_key_metadata"),
    SCHEMA_ELEMENT(
            "SchemaElement",
            "type",
            "type_length",
            "repetition_type",
            "name",
            "num_children",
            "converted_type",
            "scale",
            "precision",
            "field_id",
            "logicalType"),
    ROW_GROUP(
            "RowGroup",
            "columns",
            "total_byte_size",
            "num_rows",
            "sorting_columns",
            "file_offset",
            "total_compressed_size",
            "ordinal"),
    COLUMN_CHUNK(
            "ColumnChunk",
            "file_path",
            "file_offset",
            "meta_data",
            "offset_index_offset",
            "offset_index_length",
            "column_index_offset",
            "column_index_length",
            "crypto_metadata",
            "encrypted_column_metadata"),
    COLUMN_META_DATA(
            "ColumnMetaData",
            "type",
            "encodings",
            "path_in_schema",
            "codec",
            "num_values",
            "total_uncompressed_size",
            "total_compressed_size",
            "key_value_metadata",
            "data_page_offset",
            "index_page_offset",
            "dictionary_page_offset",
            "statistics",
            "encoding_stats",
            "bloom_filter_offset",
            "bloom_filter_length",
            "size_statistics",
            "geospatial_statistics"),
    KEY_VALUE("KeyValue", "key", "value"),
    STATISTICS(
            "Statistics",
            "max",
            "min",
            "null_count",
            "distinct_count",
            "max_value",
            "min_value",
            "is_max_value_exact",
            "is_min_value_exact"),
    OTHER("a structure");

    private final String title;
    /** The field names joined by commas, since an array would be mutable. */
    private final String fields;

    ThriftStruct(String title, String... fields) {
        this.title = title;
        this.fields = String.join(",", fields);
    }

    /** The name of a field, for example {@code num_rows of RowGroup}. */
    String field(int id) {
        String[] names = fields.split(",", 0);
        String field = id >= 1 && id <= names.length && !fields.isEmpty() ? names[id - 1] : "field " + id;
        return field + " of " + title;
    }

    /** The description of a Thrift type. */
    static String word(int type) {
        return switch (type) {
            case CompactReader.TRUE, CompactReader.FALSE -> "true or false";
            case CompactReader.I8, CompactReader.I16, CompactReader.I32, CompactReader.I64 ->
                "a number of " + bits(type) + " bits";
            case CompactReader.DOUBLE -> "a floating-point number";
            case CompactReader.BINARY -> "a text";
            case CompactReader.LIST, CompactReader.SET -> "a list";
            case CompactReader.MAP -> "a map";
            case CompactReader.STRUCT -> "a structure";
            case CompactReader.UUID -> "a UUID";
            default -> "an unknown type";
        };
    }

    private static int bits(int type) {
        return switch (type) {
            case CompactReader.I8 -> 8;
            case CompactReader.I16 -> 16;
            case CompactReader.I32 -> 32;
            default -> 64;
        };
    }
}
