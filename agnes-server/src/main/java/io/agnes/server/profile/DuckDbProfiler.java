// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.profile;

import io.agnes.core.duckdb.DuckDb;
import io.agnes.core.duckdb.ParquetScan;
import io.agnes.core.duckdb.Sql;
import io.agnes.core.duckdb.Workspace;
import io.agnes.core.sync.TableProfiler;
import io.agnes.core.table.TableProfile;
import io.agnes.core.work.Permits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures one file at a time with DuckDB, in a database in memory that may read that file and no other. Measures the first
 * {@value #MOST_COLUMNS} columns. An interrupt cancels the query.
 */
public final class DuckDbProfiler implements TableProfiler {
    private static final long MEMORY_LIMIT_BYTES = 256L << 20;
    private static final int MOST_COLUMNS = 500;
    private static final int LONGEST_VALUE = 200;
    private static final int FIGURES = 4;

    private final Permits one = new Permits(1);
    private final Path spill;

    /** @param scratch the profiler makes a directory in it for data beyond its memory limit, and deletes it after each file */
    public DuckDbProfiler(Path scratch) {
        this.spill = scratch.resolve("profile.spill");
    }

    @Override
    public TableProfile profile(Path file) throws IOException, InterruptedException {
        return one.call(() -> DuckDb.run(
                Workspace.reading(file).withSpill(spill),
                MEMORY_LIMIT_BYTES,
                "the profile of " + file.getFileName(),
                database -> measure(database, ParquetScan.of(file).sql())));
    }

    private static TableProfile measure(DuckDb database, String relation) throws IOException {
        List<String> columns = database.texts(
                "SELECT column_name FROM (DESCRIBE SELECT * FROM " + relation + ") LIMIT " + MOST_COLUMNS);
        StringBuilder sql = new StringBuilder("SELECT count(*)");
        for (String column : columns) {
            String name = Sql.name(column);
            sql.append(", count(*) - count(%s), left(min(%s)::VARCHAR, %d), left(max(%s)::VARCHAR, %d)"
                    .formatted(name, name, LONGEST_VALUE, name, LONGEST_VALUE));
            sql.append(", approx_count_distinct(").append(name).append(')');
        }
        List<@Nullable String> row =
                database.rows(sql.append(" FROM ").append(relation).toString()).getFirst();
        List<TableProfile.Column> measured = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            int at = 1 + i * FIGURES;
            measured.add(new TableProfile.Column(
                    columns.get(i), number(row.get(at)), row.get(at + 1), row.get(at + 2), number(row.get(at + 3))));
        }
        return new TableProfile(number(row.getFirst()), measured);
    }

    private static long number(@Nullable String value) {
        return value == null ? 0 : Long.parseLong(value);
    }
}
