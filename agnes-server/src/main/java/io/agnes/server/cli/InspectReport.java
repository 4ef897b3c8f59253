package io.agnes.server.cli;

import io.agnes.core.Printable;
import io.agnes.core.parquet.ParquetFile;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import java.util.List;
import java.util.Locale;

/** What a footer says, for people and for programs. */
record InspectReport(String name, ParquetFile file) {
    String json() {
        JsonArrayBuilder columns = Json.createArrayBuilder();
        file.columns()
                .forEach(column -> columns.add(Json.createObjectBuilder()
                        .add("name", column.column().name())
                        .add("type", column.column().sqlType())
                        .add("compressed_bytes", column.compressedBytes())
                        .add("uncompressed_bytes", column.uncompressedBytes())
                        .add("codecs", Json.createArrayBuilder(List.copyOf(column.codecs())))));
        return Json.createObjectBuilder()
                .add("file", name)
                .add("size_bytes", file.length())
                .add("rows", file.rows())
                .add("row_groups", file.rowGroups())
                .add("footer_bytes", file.footerBytes())
                .add("created_by", file.createdBy().orElse(""))
                .add("schema", file.schema().toString())
                .add("columns", columns)
                .build()
                .toString();
    }

    String text() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %,d bytes, %,d rows in %,d row groups, footer %,d bytes, by %s%n",
                Printable.of(name),
                file.length(),
                file.rows(),
                file.rowGroups(),
                file.footerBytes(),
                Printable.of(file.createdBy().orElse("an unnamed writer"))));
        file.columns()
                .forEach(column -> text.append(String.format(
                        Locale.ROOT,
                        "  %-32s %-24s %,14d bytes  %s%n",
                        Printable.of(column.column().name()),
                        column.column().sqlType(),
                        column.compressedBytes(),
                        String.join(",", column.codecs()))));
        return text.append(file.schema()).toString();
    }
}
