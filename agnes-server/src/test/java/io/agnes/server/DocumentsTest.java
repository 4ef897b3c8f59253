// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.server.api.Endpoint;
import io.agnes.server.api.OpenApi;
import io.agnes.server.route.HttpApi;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The documents that the server serves of itself. */
class DocumentsTest {
    private static final Set<String> WITHOUT_END = Set.of("meta", "link", "br", "!doctype");

    @TempDir
    private static Path dir;

    private static Served served;

    @BeforeAll
    static void start() throws IOException {
        served = Served.over(dir);
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    private static Reply get(String target, String... headers) throws IOException {
        return served.wire.send("GET", target, headers);
    }

    @Test
    void openApiIsTheDocumentOfThisVersion() throws IOException {
        Reply reply = get("/openapi.json");
        assertEquals("application/json", reply.header("content-type"));
        assertEquals(OpenApi.of(HttpApi.ENDPOINTS, AgnesServer.version()), reply.json());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/openapi.json", "/docs", "/docs/style.css"})
    void aClientThatHasItGets304(String target) throws IOException {
        String etag = get(target).header("etag");
        assertEquals(304, get(target, "If-None-Match: W/" + etag + ", \"x\"").status());
        assertEquals(304, get(target, "If-None-Match: *").status());
        assertEquals(200, get(target, "If-None-Match: \"x\"").status());
    }

    @Test
    void thePageTellsOfEveryEndpointAndEveryLinkLeadsSomewhere() throws IOException {
        String page = get("/docs").text();
        String problems = get("/docs/problems").text();
        for (Endpoint endpoint : HttpApi.ENDPOINTS) {
            assertTrue(page.contains("</span> " + endpoint.path() + "</code></h3>"), endpoint.path());
        }
        Matcher links = Pattern.compile("(?:href|src)=\"([^\"]*)\"").matcher(page);
        while (links.find()) {
            String link = links.group(1);
            int anchor = link.indexOf('#');
            if (anchor >= 0) {
                String target = anchor == 0 ? page : problems;
                assertTrue(target.contains("id=\"" + link.substring(anchor + 1) + "\""), link);
            } else {
                assertEquals(200, get(link).status(), link);
            }
        }
    }

    @Test
    void thePageNeedsNoScriptAndNoOtherServer() throws IOException {
        String page = get("/docs").text();
        assertFalse(page.contains("<script") || page.contains("<style") || page.contains("style="), "inline");
        assertFalse(Pattern.compile("(href|src)=\"(https?:)?//").matcher(page).find(), "another server");
        assertTrue(get("/docs").header("content-security-policy").startsWith("default-src 'self'"));
    }

    @Test
    void everyElementOfThePageEndsAndNoIdIsTwice() throws IOException {
        String page = get("/docs").text();
        Deque<String> open = new ArrayDeque<>();
        Matcher tags = Pattern.compile("<(/?)([a-zA-Z0-9!]+)[^<>]*>").matcher(page);
        while (tags.find()) {
            if (WITHOUT_END.contains(tags.group(2))) {
                continue;
            }
            if (tags.group(1).isEmpty()) {
                open.push(tags.group(2));
            } else {
                assertEquals(open.pop(), tags.group(2), () -> page.substring(0, tags.end()));
            }
        }
        assertTrue(open.isEmpty(), open.toString());
        Set<String> ids = new HashSet<>();
        Matcher all = Pattern.compile(" id=\"([^\"]*)\"").matcher(page);
        while (all.find()) {
            assertTrue(ids.add(all.group(1)), all.group(1));
        }
    }
}
