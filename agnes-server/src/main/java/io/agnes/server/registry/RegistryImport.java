// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.TableId;
import io.agnes.core.table.TableRecord;
import io.agnes.server.access.AccessRows;
import io.agnes.server.access.Name;
import java.time.Instant;
import java.util.List;

/** Writes what another registry knew. Adds rows and never changes one that is there. */
public final class RegistryImport {
    private final Database database;

    /** Into that database. */
    public RegistryImport(Database database) {
        this.database = database;
    }

    /**
     * Adds all of it in one transaction, of at most 64 MiB as the journal writes it, or nothing.
     *
     * @param tables whose ids and names nobody has
     * @param by the name for the audit log
     * @throws RegistryException if a table's id or name is taken, or the registry failed; nothing was added
     */
    public void add(List<TableRecord> tables, AccessRows access, Name by, Instant now) {
        database.write(session -> {
            for (TableRecord table : tables) {
                RegistryTables.insert(session, table);
            }
            RegistryAccess.add(session, access, by, now);
            return tables.size();
        });
    }

    /**
     * Lets the scheduler know that a table was brought then, unless it knows of an attempt of its own.
     *
     * @param at when it was brought elsewhere; the next slot is counted from there
     */
    public void brought(TableId table, Instant at) {
        database.write(session -> session.update("""
                INSERT INTO sync_attempt (table_id, started_at, ended_at, failures, permanent)
                VALUES (?, ?, ?, 0, false) ON CONFLICT DO NOTHING""", table.value(), at, at));
    }
}
