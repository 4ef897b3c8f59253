// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.audit.Audit;
import io.agnes.server.audit.AuditEvent;
import io.agnes.server.audit.AuditRecord;
import io.agnes.server.audit.Origin;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.util.List;

/** {@code /api/admin/audit}: the records of the audit. Needs the scope {@code admin}. */
final class AuditRoutes {
    private static final int RECORDS_LISTED = 100;
    private static final int MOST_RECORDS_LISTED = 1000;
    private static final int LAST = 999_999_999;

    private final Audit audit;

    AuditRoutes(Audit audit) {
        this.audit = audit;
    }

    /** The routes of this class. */
    List<Route> routes() {
        return List.of(new Route(AuditApi.AUDIT, this::list));
    }

    /**
     * {@code GET /api/admin/audit?after=&limit=}: 200 with the records behind a sequence, oldest first, 100 by default and 1000 at
     * most. {@code next_after} asks for the records behind them, and is null after the last; {@code head} is the end of the chain;
     * 422.
     */
    private void list(ServerRequest request, ServerResponse response) {
        long after = Requests.number(request, "after", 0, 0, LAST);
        int limit = Requests.number(request, "limit", RECORDS_LISTED, 1, MOST_RECORDS_LISTED);
        audit.flush();
        List<AuditRecord> found = audit.store().after(after, limit + 1);
        List<AuditRecord> page = found.subList(0, Math.min(limit, found.size()));
        JsonArrayBuilder records = Json.createArrayBuilder();
        page.forEach(record -> records.add(json(record)));
        JsonObjectBuilder json = Json.createObjectBuilder().add("records", records);
        if (found.size() > limit) {
            json.add("next_after", page.getLast().sequence());
        } else {
            json.addNull("next_after");
        }
        Requests.send(
                request,
                response,
                json.add("head", audit.store().head().toString()).build());
    }

    private static JsonObjectBuilder json(AuditRecord record) {
        AuditEvent event = record.event();
        Origin origin = event.origin();
        return Json.createObjectBuilder()
                .add("sequence", record.sequence())
                .add("process", record.process())
                .add("at", event.at().toString())
                .add("actor", origin.actor())
                .add("token_id", origin.token())
                .add("address", origin.address())
                .add("request_id", origin.request())
                .add("action", event.action())
                .add("object", event.object())
                .add("result", event.result())
                .add("code", event.code())
                .add("count", event.count())
                .add("previous", record.previous())
                .add("hash", record.hash());
    }
}
