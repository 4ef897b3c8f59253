// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.server.audit.AuditEvent;
import io.agnes.server.audit.AuditHead;
import io.agnes.server.audit.AuditRecord;
import io.agnes.server.audit.AuditStore;
import io.agnes.server.audit.Origin;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;

/** The records of an audit, page by page. */
interface AuditPages {
    /** The number of records of a page. */
    int SIZE = 1000;

    /**
     * A page.
     *
     * @param head the end of the chain before the page was read
     */
    record Page(List<AuditRecord> records, AuditHead head) {}

    /** The records behind a sequence; none behind the last. */
    Page after(long sequence);

    /** Those of a store. */
    static AuditPages of(AuditStore store) {
        return sequence -> {
            AuditHead head = store.head();
            return new Page(store.after(sequence, SIZE), head);
        };
    }

    /** Those of a server, which is not trusted to have verified them. */
    static AuditPages of(ServerClient client) {
        return sequence -> {
            JsonObject answer = client.audit(sequence, SIZE);
            try {
                List<AuditRecord> records = answer.getJsonArray("records").getValuesAs(JsonObject.class).stream()
                        .map(AuditPages::record)
                        .toList();
                AuditHead head = AuditHead.parse(answer.getString("head")).orElseThrow(ClassCastException::new);
                return new Page(records, head);
            } catch (ClassCastException | NullPointerException | JsonException | DateTimeException e) {
                throw CommandException.malformed(
                        client.server().toString(), "/api/admin/audit", "it is no list of records");
            }
        };
    }

    private static AuditRecord record(JsonObject json) {
        return new AuditRecord(
                json.getJsonNumber("sequence").longValue(),
                json.getString("process"),
                new AuditEvent(
                        Instant.parse(json.getString("at")),
                        new Origin(
                                json.getString("actor"),
                                json.getString("token_id"),
                                json.getString("address"),
                                json.getString("request_id")),
                        json.getString("action"),
                        json.getString("object"),
                        json.getString("result"),
                        json.getString("code"),
                        json.getJsonNumber("count").longValue()),
                json.getString("previous"),
                json.getString("hash"));
    }
}
