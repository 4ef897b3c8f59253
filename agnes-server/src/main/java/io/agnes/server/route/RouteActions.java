// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.TableId;
import io.agnes.server.access.Name;
import io.agnes.server.audit.AuditAction;
import io.helidon.webserver.http.ServerRequest;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a request asks for, in the words of the audit. */
final class RouteActions {
    /** The routes that change something, or whose every answer is recorded. */
    private static final Map<String, AuditAction> CHANGES = Map.ofEntries(
            Map.entry("POST /api/sync/trigger", AuditAction.SYNC_TRIGGERED),
            Map.entry("DELETE /api/sync/runs/{run}", AuditAction.RUN_CANCELLED),
            Map.entry("POST /api/admin/register-table", AuditAction.TABLE_REGISTERED),
            Map.entry("PUT /api/admin/registry/{id}", AuditAction.TABLE_UPDATED),
            Map.entry("DELETE /api/admin/registry/{id}", AuditAction.TABLE_REMOVED),
            Map.entry("POST /api/admin/discover-and-register", AuditAction.TABLES_DISCOVERED),
            Map.entry("POST /api/admin/run-bq-metadata-refresh", AuditAction.METADATA_REFRESHED),
            Map.entry("POST /api/v2/metadata-cache/refresh", AuditAction.TABLE_METADATA_REFRESHED),
            Map.entry("POST /api/admin/users", AuditAction.USER_PUT),
            Map.entry("DELETE /api/admin/users/{user}", AuditAction.USER_REMOVED),
            Map.entry("PUT /api/admin/groups/{group}/members/{user}", AuditAction.MEMBER_ADDED),
            Map.entry("DELETE /api/admin/groups/{group}/members/{user}", AuditAction.MEMBER_REMOVED),
            Map.entry("POST /api/admin/grants", AuditAction.GRANTED),
            Map.entry("DELETE /api/admin/grants", AuditAction.REVOKED),
            Map.entry("POST /api/admin/tokens", AuditAction.TOKEN_MINTED),
            Map.entry("DELETE /api/admin/tokens/{token}", AuditAction.TOKEN_REVOKED),
            Map.entry("GET /api/backup", AuditAction.BACKUP));

    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");
    private static final Pattern HEX_ID = Pattern.compile("\\A[0-9a-f]{16}\\z");
    private static final String MALFORMED = "(malformed)";

    private RouteActions() {}

    /** The action of a route that changes something, or whose every answer is recorded; empty for the others. */
    static Optional<AuditAction> change(String method, String path) {
        return Optional.ofNullable(CHANGES.get(method + " " + path));
    }

    /** What any route does: an action of its own, or that it reads or changes. */
    static AuditAction of(String method, String path) {
        return change(method, path)
                .orElse(method.equals("GET") || method.equals("HEAD") ? AuditAction.READ : AuditAction.CHANGE);
    }

    /** The parameters in the path of a request that changes something, with spaces between them; else the path. */
    static String object(ServerRequest request, String path, AuditAction action) {
        boolean named = action == AuditAction.READ || action == AuditAction.CHANGE || !path.contains("{");
        return named
                ? PARAMETER
                        .matcher(path)
                        .replaceAll(name -> Matcher.quoteReplacement(parameter(request, name.group(1))))
                : PARAMETER
                        .matcher(path)
                        .results()
                        .map(name -> parameter(request, name.group(1)))
                        .collect(Collectors.joining(" "));
    }

    /** A parameter within its grammar. Any other text may be a secret that was pasted into the wrong place. */
    private static String parameter(ServerRequest request, String name) {
        String text = request.path().pathParameters().first(name).orElse("");
        boolean known = switch (name) {
            case "id" -> TableId.parse(text).isPresent();
            case "user", "group" -> Name.parse(text).isPresent();
            default -> HEX_ID.matcher(text).matches();
        };
        return known ? text : MALFORMED;
    }
}
