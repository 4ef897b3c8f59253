// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Queries of tables with DuckDB. */
final class Tables {
    private Tables() {}

    /** Equal for two tables with the same rows in any order. */
    static List<String> fingerprint(String relation) {
        return row("SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0) FROM " + relation + " t");
    }

    static List<String> types(Path file) {
        return column("SELECT column_name || ' ' || column_type FROM (DESCRIBE SELECT * FROM " + parquet(file) + ")");
    }

    static String parquet(Path file) {
        return "read_parquet('" + file + "')";
    }

    static List<String> row(String sql) {
        return read(sql, result -> {
            result.next();
            List<String> values = new ArrayList<>();
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                values.add(String.valueOf(result.getString(i)));
            }
            return values;
        });
    }

    static List<String> column(String sql) {
        return read(sql, result -> {
            List<String> values = new ArrayList<>();
            while (result.next()) {
                values.add(String.valueOf(result.getString(1)));
            }
            return values;
        });
    }

    static void execute(String sql) {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Reader {
        List<String> read(ResultSet result) throws SQLException;
    }

    private static List<String> read(String sql, Reader reader) {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return reader.read(result);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
