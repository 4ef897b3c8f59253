// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers {@code data-preview}: the first rows of a table, without a job. */
final class DataPreview {
    private static final int USUAL_ROWS = 100;
    private static final int MAX_ROWS = 1_000;

    private final Warehouse warehouse;
    private final SliceWriter writer;
    private final Backend backend;
    private final Path directory;

    /** @param directory for a temporary file */
    DataPreview(Warehouse warehouse, SliceWriter writer, Backend backend, Path directory) {
        this.warehouse = warehouse;
        this.writer = writer;
        this.backend = backend;
        this.directory = directory;
    }

    Response answer(TableContent content, @Nullable String query, Instant now) {
        Map<String, @Nullable Object> asked = new LinkedHashMap<>(PhpForm.read(query == null ? "" : query));
        boolean json = "json".equals(asked.get("format"));
        if (json) {
            asked.remove("format");
        }
        asked.putIfAbsent("limit", String.valueOf(USUAL_ROWS));
        ExportParams params = new ExportParams.Reader(asked, content, backend, now).read();
        if (params.limit() == null || params.limit() > MAX_ROWS) {
            throw ErrorResponseException.invalid("Limit must be at most " + MAX_ROWS);
        }
        return json ? json(content, params) : csv(content, params);
    }

    private Response csv(TableContent content, ExportParams params) {
        return warehouse.call(() -> {
            Path place = directory.resolve("preview_" + warehouse.nextVersion());
            try {
                byte[] text = Files.readAllBytes(writer.whole(content, params, place));
                return new Response(200, Map.of("Content-Type", "text/csv"), new Content.Bytes(text));
            } finally {
                Directories.delete(place);
            }
        });
    }

    private Response json(TableContent content, ExportParams params) {
        ExportSql sql = new ExportSql(content, params);
        List<String> names = sql.columns().stream().map(FakeColumn::name).toList();
        List<List<Map<String, @Nullable Object>>> rows = new ArrayList<>();
        for (List<@Nullable String> row : warehouse.call(() -> warehouse.rows(sql.select()))) {
            List<Map<String, @Nullable Object>> cells = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                cells.add(Json.object("columnName", names.get(i), "value", row.get(i), "isTruncated", false));
            }
            rows.add(cells);
        }
        return Response.json(200, Json.object("columns", names, "rows", rows));
    }
}
