// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.server.audit.AuditEvent;
import io.agnes.server.audit.AuditHead;
import io.agnes.server.audit.AuditRecord;
import io.agnes.server.audit.AuditStore;
import java.util.List;

/** The audit in the registry. */
public final class RegistryAudit implements AuditStore {
    private final Database database;

    private RegistryAudit(Database database) {
        this.database = database;
    }

    /** The audit in that database. Records of older programs are chained first. */
    public static RegistryAudit of(Database database) {
        if (database.read(AuditTable::head).hash().isEmpty()) {
            database.write(AuditTable::chainOlder);
        }
        return new RegistryAudit(database);
    }

    @Override
    public void append(List<AuditEvent> events) {
        database.write(session -> {
            session.audit(events);
            return events.size();
        });
    }

    @Override
    public List<AuditRecord> after(long sequence, int limit) {
        return database.read(session -> AuditTable.after(session, sequence, limit));
    }

    @Override
    public AuditHead head() {
        return database.read(AuditTable::head);
    }
}
