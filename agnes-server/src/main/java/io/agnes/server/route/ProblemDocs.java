// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.api.ProblemCode;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code GET /docs/problems}: the page that the {@code type} of a problem points to; needs no token. */
final class ProblemDocs {
    List<Route> routes() {
        return List.of(new Route(OperationsApi.PROBLEMS, this::page));
    }

    private void page(ServerRequest request, ServerResponse response) {
        StringBuilder rows = new StringBuilder();
        for (ProblemCode code : ProblemCode.values()) {
            rows.append("<tr id=\"%s\"><td><code>%s</code></td><td>%d</td><td>%s</td></tr>\n"
                    .formatted(code.text(), code.text(), code.status(), code.title()));
        }
        String html = """
                <!doctype html><html lang="en"><meta charset="utf-8"><title>Agnes: problems</title>
                <h1>Problems</h1><table><tr><th>code</th><th>status</th><th>meaning</th></tr>
                %s</table></html>
                """.formatted(rows);
        response.headers().set(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8");
        response.send(html.getBytes(StandardCharsets.UTF_8));
    }
}
