// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.parquet.ColumnStatistics;
import io.agnes.core.parquet.ParquetColumn;
import io.agnes.core.parquet.ParquetDetails;
import io.agnes.core.parquet.ParquetFile;
import jakarta.json.Json;
import jakarta.json.stream.JsonGenerator;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;

/** Writes a footer as one JSON object while reading it, because a footer may contain a million row groups. */
final class InspectJson {
    private final ParquetDetails details;
    private final JsonGenerator json;
    private final PrintWriter out;

    InspectJson(ParquetDetails details, PrintWriter out) {
        this.details = details;
        this.out = out;
        this.json = Json.createGenerator(out);
    }

    void print(String name) {
        ParquetFile file = details.file();
        json.writeStartObject()
                .write("file", name)
                .write("size_bytes", file.length())
                .write("rows", file.rows())
                .write("row_groups", file.rowGroups())
                .write("footer_bytes", file.footerBytes())
                .write("created_by", file.createdBy().orElse(""))
                .write("schema", file.schema().toString())
                .writeStartObject("key_values");
        file.keyValues().forEach(json::write);
        json.writeEnd().writeStartArray("columns");
        details.summaries().forEach(this::column);
        json.writeEnd().writeStartArray("groups");
        details.forEachGroup(this::group);
        json.writeEnd().writeEnd().flush();
        out.println();
    }

    private void column(ParquetDetails.Summary summary) {
        ParquetFile.Column sizes = summary.column();
        ParquetColumn column = sizes.column();
        json.writeStartObject()
                .write("name", column.name())
                .write("type", column.sqlType())
                .write("physical_type", column.physicalType())
                .write("logical_type", column.logicalType())
                .write("repetition", column.repetition())
                .write("nullable", column.repetition().equals("optional"));
        column.fieldId().ifPresent(id -> json.write("field_id", id));
        texts("path", column.path());
        json.write("values", sizes.values())
                .write("compressed_bytes", sizes.compressedBytes())
                .write("uncompressed_bytes", sizes.uncompressedBytes());
        texts("codecs", sizes.codecs());
        texts("encodings", summary.encodings());
        statistics(summary.statistics());
        json.write("dictionary_groups", summary.dictionaryGroups())
                .write("column_index_groups", summary.columnIndexGroups())
                .write("offset_index_groups", sizes.indexedGroups())
                .write("bloom_filter_groups", sizes.bloomGroups())
                .writeEnd();
    }

    private void group(ParquetDetails.Group group) {
        json.writeStartObject()
                .write("rows", group.rows())
                .write("compressed_bytes", group.compressedBytes())
                .write("uncompressed_bytes", group.uncompressedBytes())
                .write("sorted", group.sorted())
                .writeStartArray("columns");
        List<ParquetDetails.Column> columns = group.columns();
        for (int i = 0; i < columns.size(); i++) {
            chunk(details.file().columns().get(i).column().name(), columns.get(i));
        }
        json.writeEnd().writeEnd();
    }

    private void chunk(String name, ParquetDetails.Column chunk) {
        json.writeStartObject()
                .write("name", name)
                .write("values", chunk.values())
                .write("compressed_bytes", chunk.compressedBytes())
                .write("uncompressed_bytes", chunk.uncompressedBytes())
                .write("codec", chunk.codec());
        texts("encodings", chunk.encodings());
        statistics(chunk.statistics());
        json.write("dictionary", chunk.dictionary())
                .write("column_index", chunk.columnIndex())
                .write("offset_index", chunk.offsetIndex())
                .write("bloom_filter", chunk.bloomFilter())
                .writeEnd();
    }

    private void statistics(ColumnStatistics statistics) {
        statistics.nulls().ifPresent(nulls -> json.write("nulls", nulls));
        statistics.distinct().ifPresent(distinct -> json.write("distinct", distinct));
        statistics.min().ifPresent(min -> value("min", min));
        statistics.max().ifPresent(max -> value("max", max));
        if (statistics.min().isPresent() || statistics.max().isPresent()) {
            json.write("exact", statistics.exact());
        }
    }

    private void value(String name, Object value) {
        switch (value) {
            case Boolean flag -> json.write(name, flag);
            case Long number -> json.write(name, number);
            case BigInteger number -> json.write(name, number);
            case BigDecimal number -> json.write(name, number);
            case Double number when Double.isFinite(number) -> json.write(name, number);
            default -> json.write(name, value.toString());
        }
    }

    private void texts(String name, Collection<String> texts) {
        json.writeStartArray(name);
        texts.forEach(json::write);
        json.writeEnd();
    }
}
