// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.TableId;
import io.agnes.core.parquet.SchemaField;
import io.agnes.core.table.FieldIdAllocation;
import io.agnes.core.table.FieldIdRegistry;
import jakarta.json.Json;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The ids of the fields of tables in the registry. Fields that have theirs are only read; a write looks again. */
public final class RegistryFieldIds implements FieldIdRegistry {
    private final Database database;

    /** The ids in that database. */
    public RegistryFieldIds(Database database) {
        this.database = database;
    }

    @Override
    public List<Integer> assign(TableId table, List<SchemaField> fields) {
        FieldIdAllocation known = database.read(session -> allocation(session, table, fields));
        return known.added().isEmpty() ? known.ids() : database.write(session -> stored(session, table, fields));
    }

    private static List<Integer> stored(Session session, TableId table, List<SchemaField> fields) throws SQLException {
        RegistryTables.requireRegistered(session, table);
        FieldIdAllocation allocation = allocation(session, table, fields);
        if (!allocation.added().isEmpty()) {
            insert(session, table, allocation.added());
        }
        return allocation.ids();
    }

    private static FieldIdAllocation allocation(Session session, TableId table, List<SchemaField> fields)
            throws SQLException {
        Map<String, Integer> known = new HashMap<>();
        session.query(
                "SELECT path, field_id FROM table_field_id WHERE table_id = ?",
                row -> known.put(row.getString("path"), row.getInt("field_id")),
                table.value());
        return FieldIdAllocation.of(known, fields);
    }

    /** One statement for all of them, since each is an entry of the journal. */
    private static void insert(Session session, TableId table, Map<String, Integer> ids) throws SQLException {
        List<String> paths = List.copyOf(ids.keySet());
        session.update(
                """
                INSERT INTO table_field_id (table_id, path, field_id)
                SELECT ?, unnest(CAST(CAST(? AS JSON) AS VARCHAR[])), unnest(CAST(CAST(? AS JSON) AS INTEGER[]))""",
                table.value(),
                Json.createArrayBuilder(paths).build().toString(),
                Json.createArrayBuilder(paths.stream().map(ids::get).toList())
                        .build()
                        .toString());
    }
}
