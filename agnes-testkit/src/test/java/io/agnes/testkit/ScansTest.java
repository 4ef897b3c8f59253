// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScansTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"v=9", "year=2024", "*", "[v]", "what?"})
    void namesOfFoldersDoNotBecomeData(String folder) throws Exception {
        Path parquet = Files.createDirectories(dir.resolve(folder)).resolve("a.parquet");
        query("COPY (SELECT 1 AS v UNION ALL SELECT 5) TO '" + parquet + "' (FORMAT parquet)");
        Path csv = Files.writeString(parquet.resolveSibling("a.csv"), "v\n1\n5\n");
        assertEquals(List.of("[v]", "1", "5"), query("FROM " + Scans.parquet(List.of(parquet))));
        assertEquals(List.of("[v]", "1", "5"), query("FROM " + Scans.csv(List.of(csv), ", header = true")));
    }

    @Test
    void aNameWithPatternCharactersReadsThatFileAlone() throws Exception {
        Files.writeString(dir.resolve("a.csv"), "v\n1\n");
        Path csv = Files.writeString(dir.resolve("*.csv"), "v\n5\n");
        assertEquals(List.of("[v]", "5"), query("FROM " + Scans.csv(List.of(csv), ", header = true")));
    }

    /** The names of the columns, and the first cell of each row. */
    private static List<String> query(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            List<String> found = new ArrayList<>();
            if (statement.execute(sql)) {
                try (ResultSet rows = statement.getResultSet()) {
                    List<String> names = new ArrayList<>();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        names.add(rows.getMetaData().getColumnName(i));
                    }
                    found.add(names.toString());
                    while (rows.next()) {
                        found.add(rows.getString(1));
                    }
                }
            }
            return found;
        }
    }
}
