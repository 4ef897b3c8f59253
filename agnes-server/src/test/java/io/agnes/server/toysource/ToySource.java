// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.toysource;

import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.sync.Discovered;
import io.agnes.core.sync.DiscoverySource;
import io.agnes.core.sync.SyncProgress;
import io.agnes.core.sync.TableSource;
import io.agnes.core.table.TableRecord;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/** Tables of multiples: table {@code 7} has the rows 0, 7, 14 and so on. It never changes. */
final class ToySource implements TableSource, DiscoverySource {
    private static final String MARKER = "forever";

    private final ToyConfig config;

    ToySource(ToyConfig config) {
        this.config = config;
    }

    @Override
    public String type() {
        return ToyConfig.SETTINGS.name();
    }

    @Override
    public List<Discovered> list() {
        return List.of(new Discovered("multiples", "3", "Multiples of three", "multiples-of-3"));
    }

    @Override
    public Fetched fetch(TableRecord table, Optional<String> lastMarker, FileDraft draft, SyncProgress progress)
            throws IOException, InterruptedException {
        if (lastMarker.equals(Optional.of(MARKER))) {
            return new Fetched.Unchanged();
        }
        String query =
                "SELECT range * " + Integer.parseInt(table.sourceTable()) + " AS n FROM range(" + config.rows() + ")";
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            long rows = statement.executeUpdate("COPY (" + query + ") TO '" + draft.path() + "' (FORMAT parquet)");
            return new Fetched.Table(rows, FileDigests.of(draft.path()), MARKER);
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }
}
