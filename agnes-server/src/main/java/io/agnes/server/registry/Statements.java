// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carries out SQL on a connection, and reads the columns of its results. */
final class Statements {
    /** Reads the row at the cursor of a result. */
    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    private Statements() {}

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns how many rows the statement changed. */
    static int update(Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return statement.executeUpdate();
        }
    }

    static <T> List<T> query(Connection connection, String sql, Row<T> row, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            List<T> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(row.of(rows));
                }
            }
            return found;
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            switch (parameters[i]) {
                case null -> statement.setNull(i + 1, Types.VARCHAR);
                case Instant instant -> statement.setObject(i + 1, instant.atOffset(ZoneOffset.UTC));
                case Object other -> statement.setObject(i + 1, other);
            }
        }
    }

    /** A time that is never NULL. */
    static Instant instant(ResultSet row, String column) throws SQLException {
        Instant found = nullableInstant(row, column);
        if (found == null) {
            throw new SQLException("no time in " + column);
        }
        return found;
    }

    static @Nullable Instant nullableInstant(ResultSet row, String column) throws SQLException {
        OffsetDateTime found = row.getObject(column, OffsetDateTime.class);
        return found == null ? null : found.toInstant();
    }

    static List<String> strings(ResultSet row, String column) throws SQLException {
        List<String> found = new ArrayList<>();
        for (Object value : (Object[]) row.getArray(column).getArray()) {
            found.add(String.valueOf(value));
        }
        return List.copyOf(found);
    }
}
