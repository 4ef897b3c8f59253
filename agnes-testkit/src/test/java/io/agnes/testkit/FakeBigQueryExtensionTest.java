// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FakeBigQueryExtensionTest {
    @RegisterExtension
    static final FakeBigQueryExtension BIGQUERY =
            FakeBigQueryExtension.of(fake -> fake.anonymous().location("EU").control());

    private static HttpResponse<String> get(FakeBigQuery bigquery, String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI url = URI.create(bigquery.endpoint() + path);
            return http.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString(UTF_8));
        }
    }

    @Test
    void eachTestHasAnEmptyFakeWithTheSettings(FakeBigQuery bigquery) throws Exception {
        String datasets = "/bigquery/v2/projects/agnes-testkit/datasets";
        assertEquals(
                "{\"kind\":\"bigquery#datasetList\",\"etag\":\"\\\"datasets\\\"\"}",
                get(bigquery, datasets).body());

        bigquery.dataset("crm").label("team", "sales").description("Orders");

        String dataset = get(bigquery, datasets + "/crm").body();
        assertTrue(dataset.contains("\"location\":\"EU\""), dataset);
        assertTrue(dataset.contains("\"labels\":{\"team\":\"sales\"}"), dataset);
        assertTrue(dataset.contains("\"description\":\"Orders\""), dataset);
    }

    @Test
    void theControlApiTellsAddressesAndScriptsJobs(FakeBigQuery bigquery) throws Exception {
        assertTrue(get(bigquery, "/__agnes").body().contains("\"project\":\"agnes-testkit\""));
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest script = HttpRequest.newBuilder(URI.create(bigquery.endpoint() + "/__agnes/jobs"))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"behaviour\":\"never_ends\"}"))
                    .build();
            HttpResponse<String> scripted = http.send(script, HttpResponse.BodyHandlers.ofString(UTF_8));
            assertEquals(201, scripted.statusCode());
            assertTrue(scripted.body().contains("scripted at a request to /__agnes"), scripted.body());
        }
        bigquery.clearScripts();
    }
}
