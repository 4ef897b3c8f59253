// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** An in-memory DuckDB that writes parts and reads merged files. */
final class TestDuckDb implements AutoCloseable {
    private final Connection connection;

    private TestDuckDb(Connection connection) {
        this.connection = connection;
    }

    static TestDuckDb open() throws SQLException {
        TestDuckDb duckDb = new TestDuckDb(DriverManager.getConnection("jdbc:duckdb:"));
        duckDb.run("SET threads=1");
        duckDb.run("SET memory_limit='400MB'");
        // This optimizer would mark a column as REQUIRED in a part without NULLs and as OPTIONAL in the next.
        duckDb.run("SET disabled_optimizers='statistics_propagation'");
        return duckDb;
    }

    void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /**
     * Writes the rows of a query.
     *
     * @param options for example {@code compression zstd, row_group_size 2048}
     */
    Path copy(String query, Path target, String options) throws SQLException {
        run("COPY (" + query + ") TO '" + target + "' (FORMAT parquet" + (options.isEmpty() ? "" : ", " + options)
                + ")");
        return target;
    }

    /** All rows as text, in order. */
    List<String> rows(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            List<String> rows = new ArrayList<>();
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    row.append(result.getString(i)).append('|');
                }
                rows.add(row.toString());
            }
            return rows;
        }
    }

    String value(String query) throws SQLException {
        List<String> rows = rows(query);
        return rows.get(0).substring(0, rows.get(0).length() - 1);
    }

    /** The number of rows that only one side has. NULLs are equal; the row number counts as a column. */
    long differences(List<Path> parts, Path merged) throws SQLException {
        String together = parts.stream()
                .map(part -> "SELECT * FROM read_parquet('" + part + "')")
                .collect(Collectors.joining(" UNION ALL "));
        run("CREATE OR REPLACE TEMP TABLE a AS SELECT row_number() OVER () AS n, * FROM (" + together + ")");
        run("CREATE OR REPLACE TEMP TABLE b AS SELECT row_number() OVER () AS n, * FROM read_parquet('" + merged
                + "')");
        return Long.parseLong(value("SELECT (SELECT count(*) FROM (FROM a EXCEPT ALL FROM b))"
                + " + (SELECT count(*) FROM (FROM b EXCEPT ALL FROM a))"));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
