// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.Sha256;
import io.agnes.server.api.DocsPage;
import io.agnes.server.api.OpenApi;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /openapi.json} and {@code /docs}: the description of the HTTP API, open to everybody. Each is made once, when it is asked for. */
final class Documents {
    private final Document openApi;
    private final Document page;
    private final Document style = new Document("text/css; charset=utf-8", () -> DocsPage.STYLE);

    /** @param version of this program */
    Documents(String version) {
        this.openApi = new Document(
                "application/json", () -> OpenApi.of(HttpApi.ENDPOINTS, version).toString() + "\n");
        this.page = new Document("text/html; charset=utf-8", () -> DocsPage.of(HttpApi.ENDPOINTS, version));
    }

    List<Route> routes() {
        return List.of(
                new Route(OperationsApi.OPENAPI, openApi),
                new Route(OperationsApi.DOCS, page),
                new Route(OperationsApi.DOCS_STYLE, style));
    }

    /** A text that stays the same while the server runs: 200, or 304 if the client has it. Safe for use by several threads. */
    private static final class Document implements Handler {
        private final String contentType;
        private final Supplier<String> text;
        private @Nullable Made made;

        private record Made(String text, String etag) {}

        Document(String contentType, Supplier<String> text) {
            this.contentType = contentType;
            this.text = text;
        }

        private synchronized Made made() {
            if (made == null) {
                String written = text.get();
                made = new Made(written, '"' + Sha256.hex(written) + '"');
            }
            return made;
        }

        @Override
        public void handle(ServerRequest request, ServerResponse response) {
            Made document = made();
            response.headers().set(HeaderNames.ETAG, document.etag());
            response.headers().set(HeaderNames.CACHE_CONTROL, "no-cache");
            if (new Conditions(document.etag(), Instant.MAX).of(request.headers()) == Conditions.Verdict.NOT_MODIFIED) {
                response.status(Status.NOT_MODIFIED_304).send();
                return;
            }
            response.headers().set(HeaderNames.CONTENT_TYPE, contentType);
            response.send(document.text().getBytes(StandardCharsets.UTF_8));
        }
    }
}
