// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.TableId;
import io.agnes.core.table.TableRecord;
import io.agnes.server.access.AccessRows;
import io.agnes.server.access.Name;
import io.agnes.server.audit.AuditAction;
import java.time.Instant;
import java.util.List;

/** Adds rows of another registry. Never changes an existing row. */
public final class RegistryImport {
    private final Database database;

    /** Into that database. */
    public RegistryImport(Database database) {
        this.database = database;
    }

    /**
     * Adds all rows or none, in one transaction of at most 64 MiB in the journal.
     *
     * @param tables with ids and names that are free
     * @param by the name for the audit log
     * @throws RegistryException if a table's id or name is taken, or the registry failed; nothing was added
     */
    public void add(List<TableRecord> tables, AccessRows access, Name by, Instant now) {
        database.write(session -> {
            for (TableRecord table : tables) {
                RegistryTables.insert(session, table);
                session.audit(
                        by.value(), AuditAction.TABLE_REGISTERED, table.id().value());
            }
            RegistryAccess.add(session, access, by, now);
            return tables.size();
        });
    }

    /**
     * Stores an attempt at a table for the scheduler, unless there is one.
     *
     * @param at when the other installation synced it; the next slot is counted from there
     */
    public void brought(TableId table, Instant at) {
        database.write(session -> session.update("""
                INSERT INTO sync_attempt (table_id, started_at, ended_at, failures, permanent)
                VALUES (?, ?, ?, 0, false) ON CONFLICT DO NOTHING""", table.value(), at, at));
    }
}
