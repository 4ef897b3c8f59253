// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.table.TableRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A source with scripted numbers of rows or scripted fetches. */
final class ScriptedSource implements TableSource {
    /** The work of a fetch. */
    interface Fetch {
        Fetched run(FileDraft draft) throws IOException, InterruptedException;
    }

    private final Map<TableId, Fetch> scripts = new ConcurrentHashMap<>();
    private final AtomicInteger fetches = new AtomicInteger();

    void script(TableId table, Fetch fetch) {
        scripts.put(table, fetch);
    }

    /** Defines a table with the numbers from 0 to {@code rows} - 1. */
    void rows(TableId table, long rows) {
        script(table, draft -> {
            write(draft, rows);
            return new Fetched.Table(rows, FileDigests.of(draft.path()), "rows " + rows);
        });
    }

    int fetches() {
        return fetches.get();
    }

    static void write(FileDraft draft, long rows) throws IOException {
        write(draft.path(), rows);
    }

    static void write(Path file, long rows) throws IOException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("COPY (SELECT range AS id, 'row ' || range AS name FROM range(" + rows + ")) TO '" + file
                    + "' (FORMAT parquet)");
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    @Override
    public String type() {
        return "scripted";
    }

    @Override
    public Fetched fetch(TableRecord table, Optional<String> lastMarker, FileDraft draft, SyncProgress progress)
            throws IOException, InterruptedException {
        fetches.incrementAndGet();
        return scripts.get(table.id()).run(draft);
    }
}
