// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.api.ProblemCode;
import io.agnes.server.audit.Audit;
import io.agnes.server.audit.AuditEvent;
import io.agnes.server.audit.AuditHead;
import io.agnes.server.audit.AuditRecord;
import io.agnes.server.audit.DownloadCount;
import io.agnes.server.audit.Origin;
import io.agnes.server.audit.Usage;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/** {@code /api/admin}: the records of the audit, and counts of downloads. */
final class AuditRoutes {
    private static final int RECORDS_LISTED = 100;
    private static final int MOST_RECORDS_LISTED = 1000;
    private static final int LAST = 999_999_999;

    private final Audit audit;
    private final Usage usage;

    AuditRoutes(Audit audit, Usage usage) {
        this.audit = audit;
        this.usage = usage;
    }

    /** The routes of this class. */
    List<Route> routes() {
        return List.of(new Route(AuditApi.AUDIT, this::list), new Route(AuditApi.DOWNLOADS, this::downloads));
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
        // Before the records: whoever reads them to their end has then read this one.
        AuditHead head = audit.store().head();
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
        Requests.send(request, response, json.add("head", head.toString()).build());
    }

    /**
     * {@code GET /api/admin/downloads?after=&limit=}: 200 with downloads by day, user and table, 1000 by default and at most.
     * {@code next_after} asks for those behind, and is null after the last; 422.
     */
    private void downloads(ServerRequest request, ServerResponse response) {
        Optional<DownloadCount> after =
                request.query().first("after").asOptional().map(AuditRoutes::cursor);
        int limit = Requests.number(request, "limit", MOST_RECORDS_LISTED, 1, MOST_RECORDS_LISTED);
        usage.flush();
        List<DownloadCount> found = usage.store().downloads(after, limit + 1);
        List<DownloadCount> page = found.subList(0, Math.min(limit, found.size()));
        JsonArrayBuilder downloads = Json.createArrayBuilder();
        page.forEach(count -> downloads.add(json(count)));
        JsonObjectBuilder json = Json.createObjectBuilder().add("downloads", downloads);
        Requests.send(
                request,
                response,
                (found.size() > limit ? json.add("next_after", cursor(page.getLast())) : json.addNull("next_after"))
                        .build());
    }

    private static JsonObjectBuilder json(DownloadCount count) {
        return Json.createObjectBuilder()
                .add("day", count.day().toString())
                .add("user", count.user())
                .add("table_id", count.table())
                .add("downloads", count.downloads())
                .add("checks", count.checks());
    }

    private static String cursor(DownloadCount last) {
        return last.day() + "/" + last.user() + "/" + last.table();
    }

    private static DownloadCount cursor(String text) {
        String[] parts = text.split("/", 3);
        try {
            if (parts.length == 3) {
                return new DownloadCount(LocalDate.parse(parts[0]), parts[1], parts[2], 0, 0);
            }
        } catch (DateTimeParseException noDay) {
            // The same refusal as for too few parts.
        }
        throw Problem.of(ProblemCode.VALIDATION_FAILED, "after must be a next_after of an earlier answer.");
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
