// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.server.audit.AuditAction;
import io.agnes.server.audit.AuditEvent;
import io.agnes.server.audit.Origin;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One transaction on the registry. Every change goes through {@link #update}, which records it for the journal and for the
 * change numbers. The journal carries the statements out again, so times and ids are parameters and never functions of the
 * database.
 */
final class Session {
    private final Connection connection;
    private final List<AuditEvent> events = new ArrayList<>();
    private final List<Journal.Change> changes = new ArrayList<>();
    private final Set<TableGroup> written = EnumSet.noneOf(TableGroup.class);

    private final AuditTable audit;
    private final Origin origin;

    /** @param origin on whose behalf the transaction is */
    Session(Connection connection, AuditTable audit, Origin origin) {
        this.connection = connection;
        this.audit = audit;
        this.origin = origin;
    }

    /** Carries out a statement that changes rows, and returns how many it changed. */
    int update(String sql, @Nullable Object... parameters) throws SQLException {
        int rows = Statements.update(connection, sql, parameters);
        if (rows != 0) {
            changes.add(new Journal.Change(sql, Arrays.asList(parameters.clone()), rows));
            written.addAll(TableGroup.written(sql));
        }
        return rows;
    }

    <T> List<T> query(String sql, Statements.Row<T> row, @Nullable Object... parameters) throws SQLException {
        return Statements.query(connection, sql, row, parameters);
    }

    /** Records what this transaction does, as a part of it, for its origin under the name of this actor. */
    void audit(String actor, AuditAction action, String object) {
        events.add(AuditEvent.done(audit.now(), origin.by(actor), action, object));
    }

    /** The same under the name that the origin has, or under the given one if it has none. */
    void auditForOrigin(String otherwise, AuditAction action, String object) {
        audit(origin.actor().isEmpty() ? otherwise : origin.actor(), action, object);
    }

    /** Records events as a part of this transaction. */
    void audit(List<AuditEvent> more) {
        events.addAll(more);
    }

    /** Writes the records of this transaction; its last step. */
    void writeAudit() throws SQLException {
        if (!events.isEmpty()) {
            audit.append(this, events);
        }
    }

    /** The statements that changed rows, in order. */
    List<Journal.Change> changes() {
        return changes;
    }

    /** The groups of tables that were written. */
    Set<TableGroup> written() {
        return written;
    }
}
