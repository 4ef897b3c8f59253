// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.Time;
import io.agnes.server.audit.AuditEvent;
import io.agnes.server.audit.AuditHead;
import io.agnes.server.audit.AuditRecord;
import io.agnes.server.audit.Origin;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The chain of the audit in the registry. A record is part of the transaction that it tells of. The head is a row of its own, so that missing last
 * records are found.
 */
final class AuditTable {
    private static final int RECORDS_OF_A_STATEMENT = 50;
    private static final String COLUMNS = "sequence, process, logged_at, actor, token_id, address, request_id, action,"
            + " subject, result, code, events, previous_hash, hash";

    private final Time time;
    private final String process = HexFormat.of().toHexDigits(new SecureRandom().nextInt());

    AuditTable(Time time) {
        this.time = time;
    }

    /** The time of an event. */
    Instant now() {
        return time.now();
    }

    /** Appends records of these events, in order. */
    void append(Session session, List<AuditEvent> events) throws SQLException {
        AuditHead head = chainedHead(session);
        List<AuditRecord> records = new ArrayList<>();
        for (AuditEvent event : events) {
            AuditRecord record = AuditRecord.of(head.sequence() + 1, process, event, head.hash());
            records.add(record);
            head = new AuditHead(record.sequence(), record.hash());
        }
        insert(session, records);
        session.update("UPDATE audit_head SET sequence = ?, hash = ?", head.sequence(), head.hash());
    }

    private static void insert(Session session, List<AuditRecord> records) throws SQLException {
        for (int from = 0; from < records.size(); from += RECORDS_OF_A_STATEMENT) {
            insertTogether(session, records.subList(from, Math.min(records.size(), from + RECORDS_OF_A_STATEMENT)));
        }
    }

    private static void insertTogether(Session session, List<AuditRecord> records) throws SQLException {
        String row = "(" + String.join(", ", Collections.nCopies(14, "?")) + ")";
        List<@Nullable Object> values = new ArrayList<>();
        for (AuditRecord record : records) {
            AuditEvent event = record.event();
            Origin origin = event.origin();
            values.addAll(List.of(
                    record.sequence(),
                    record.process(),
                    event.at(),
                    origin.actor(),
                    origin.token(),
                    origin.address(),
                    origin.request(),
                    event.action(),
                    event.object(),
                    event.result(),
                    event.code(),
                    event.count(),
                    record.previous(),
                    record.hash()));
        }
        session.update(
                "INSERT INTO audit_log (" + COLUMNS + ") VALUES "
                        + String.join(", ", Collections.nCopies(records.size(), row)),
                values.toArray());
    }

    /** The end of the chain, after {@link #chainOlder} if that is still to be done. */
    private static AuditHead chainedHead(Session session) throws SQLException {
        chainOlder(session);
        return head(session);
    }

    /** The end of the chain. */
    static AuditHead head(Session session) throws SQLException {
        return session.query(
                        "SELECT sequence, hash FROM audit_head",
                        row -> new AuditHead(
                                row.getLong("sequence"), Objects.requireNonNullElse(row.getString("hash"), "")))
                .getFirst();
    }

    /** Gives the records of older programs their hashes, once; they are rewritten for it. */
    static int chainOlder(Session session) throws SQLException {
        if (!head(session).hash().isEmpty()) {
            return 0;
        }
        AuditHead head = AuditHead.EMPTY;
        List<AuditRecord> records = new ArrayList<>();
        for (AuditRecord older : after(session, 0, Integer.MAX_VALUE)) {
            AuditRecord record = AuditRecord.of(head.sequence() + 1, older.process(), older.event(), head.hash());
            records.add(record);
            head = new AuditHead(record.sequence(), record.hash());
        }
        session.update("DELETE FROM audit_log WHERE hash IS NULL");
        insert(session, records);
        session.update("UPDATE audit_head SET sequence = ?, hash = ?", head.sequence(), head.hash());
        return records.size();
    }

    /** At most so many records behind a sequence. */
    static List<AuditRecord> after(Session session, long sequence, int limit) throws SQLException {
        return session.query(
                "SELECT " + COLUMNS + " FROM audit_log WHERE sequence > ? ORDER BY sequence LIMIT ?",
                AuditTable::record,
                sequence,
                limit);
    }

    private static AuditRecord record(ResultSet row) throws SQLException {
        return new AuditRecord(
                row.getLong("sequence"),
                row.getString("process"),
                new AuditEvent(
                        Statements.instant(row, "logged_at"),
                        new Origin(
                                row.getString("actor"),
                                row.getString("token_id"),
                                row.getString("address"),
                                row.getString("request_id")),
                        row.getString("action"),
                        row.getString("subject"),
                        row.getString("result"),
                        row.getString("code"),
                        row.getLong("events")),
                Objects.requireNonNullElse(row.getString("previous_hash"), ""),
                Objects.requireNonNullElse(row.getString("hash"), ""));
    }
}
