// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FakeObjectStoreTest {
    private static final String ID = "in.c-crm.orders";

    /** The tests of one cloud, with an export of one slice. */
    abstract static class Cloud {
        final FakeKeboola keboola;
        final Client client;
        Client.Export export;

        Cloud(Dialect dialect) {
            keboola = FakeKeboola.builder().dialect(dialect).jobPolls(0).start();
            client = new Client(keboola);
        }

        @BeforeEach
        void export() throws Exception {
            keboola.table(ID).columns("id").row("1").row("2");
            export = client.export(ID, "{}");
        }

        @AfterEach
        void close() {
            client.close();
            keboola.close();
        }

        abstract HttpRequest.Builder slice();

        @Test
        void theSliceComesWithItsCredentials() throws Exception {
            assertEquals("\"1\"\n\"2\"\n", Client.string(client.send(slice())));
            keboola.verifyTokenNeverSentToStorage();
        }

        @Test
        void theSignedUrlExpires() throws Exception {
            URI url = URI.create((String) export.file().get("url"));
            assertEquals(200, client.send(HttpRequest.newBuilder(url)).statusCode());

            keboola.clock().advance(Duration.ofMinutes(61));
            HttpResponse<byte[]> late = client.send(HttpRequest.newBuilder(url));
            assertTrue(late.statusCode() == 403 || late.statusCode() == 400, "" + late.statusCode());
        }

        @Test
        void aScriptedExpiryHasTheErrorOfARealOne() throws Exception {
            keboola.onSlice().expired().once();
            HttpResponse<byte[]> scripted = client.send(slice());
            keboola.clock().advance(Duration.ofHours(12));
            HttpResponse<byte[]> real = client.send(slice());

            assertEquals(real.statusCode(), scripted.statusCode());
            assertEquals(Client.string(real).replaceAll(" frame.*?</", " frame</"), Client.string(scripted));
        }

        @Test
        void aSignedUrlIsGoodForItsObjectOnly() throws Exception {
            URI url = URI.create(((String) export.file().get("url")).replace("manifest?", "_0_0_0.csv?"));

            assertEquals(403, client.send(HttpRequest.newBuilder(url)).statusCode());
        }

        @Test
        void freshCredentialsComeWithTheNextDetail() throws Exception {
            keboola.clock().advance(Duration.ofHours(13));
            assertTrue(client.send(slice()).statusCode() >= 400);

            export = new Client.Export(export.job(), client.file(export.file().get("id")), export.entries());
            assertEquals(200, client.send(slice()).statusCode());
        }
    }

    static HttpRequest.Builder at(FakeKeboola keboola, String entry, String scheme) {
        return HttpRequest.newBuilder(URI.create(keboola.storageEndpoint() + "/" + entry.substring(scheme.length())));
    }

    static String error(HttpResponse<byte[]> response) {
        String code = Client.string(response).replaceAll("(?s).*<Code>(.*)</Code>.*", "$1");
        return response.statusCode() + " " + code;
    }

    @Nested
    class Google extends Cloud {
        Google() {
            super(Dialect.GOOGLE);
        }

        @Override
        HttpRequest.Builder slice() {
            return client.slice(export, 0);
        }

        private HttpRequest.Builder bearer(String token) {
            return at(keboola, export.entries().get(0), "gs://").header("Authorization", "Bearer " + token);
        }

        @Test
        void anExpiredTokenIsInvalidCredentials() throws Exception {
            keboola.clock().advance(Duration.ofMinutes(60));
            HttpResponse<byte[]> response = client.send(slice());

            assertEquals(401, response.statusCode());
            assertEquals("Invalid Credentials", Client.at(Client.object(response), "error", "message"));
        }

        @Test
        void aForgedTokenIsInvalidCredentialsAndNoneIsDenied() throws Exception {
            String token = (String) Client.at(export.file(), "gcsCredentials", "access_token");

            assertEquals(401, client.send(bearer(token + "0")).statusCode());
            assertEquals(401, client.send(bearer("x")).statusCode());
            assertEquals(
                    403,
                    client.send(at(keboola, export.entries().get(0), "gs://")).statusCode());
        }

        @Test
        void aTokenIsGoodForItsExportOnly() throws Exception {
            Client.Export other = client.export(ID, "{\"limit\":1}");
            String token = (String) Client.at(other.file(), "gcsCredentials", "access_token");

            assertEquals(403, client.send(bearer(token)).statusCode());
        }

        @Test
        void theJsonApiServesTheSameBytes() throws Exception {
            String key = SignatureV4.encode(export.entries().get(0).substring("gs://kbc-files-g/".length()), false);
            URI url = URI.create(keboola.storageEndpoint() + "/storage/v1/b/kbc-files-g/o/" + key + "?alt=media");
            String token = (String) Client.at(export.file(), "gcsCredentials", "access_token");

            assertEquals(
                    "\"1\"\n\"2\"\n",
                    Client.string(client.send(HttpRequest.newBuilder(url).header("Authorization", "Bearer " + token))));
        }
    }

    @Nested
    class Aws extends Cloud {
        Aws() {
            super(Dialect.AWS);
        }

        @Override
        HttpRequest.Builder slice() {
            return signed(Map.of(), (String) credential("SecretAccessKey"));
        }

        private Object credential(String name) {
            return Client.at(export.file(), "credentials", name);
        }

        private HttpRequest.Builder signed(Map<String, String> changes, String secret) {
            String path = "/" + export.entries().get(0).substring("s3://".length());
            String now = keboola.clock().instant().toString().replaceAll("[-:]|\\.\\d+", "");
            Map<String, String> headers = new TreeMap<>();
            headers.put("host", keboola.storageEndpoint().getAuthority());
            headers.put("x-amz-content-sha256", SignatureV4.UNSIGNED);
            headers.put("x-amz-date", now);
            headers.put("x-amz-security-token", (String) credential("SessionToken"));
            headers.putAll(changes);
            SignatureV4 signature = new SignatureV4(now.substring(0, 8), headers.get("x-amz-date"), "eu-central-1");
            String hex = signature.sign(secret, "GET", path, Map.of(), headers, headers.get("x-amz-content-sha256"));
            HttpRequest.Builder request = at(keboola, export.entries().get(0), "s3://")
                    .header(
                            "Authorization",
                            "AWS4-HMAC-SHA256 Credential=" + credential("AccessKeyId") + "/" + signature.scope()
                                    + ", SignedHeaders=" + String.join(";", headers.keySet()) + ", Signature=" + hex);
            headers.remove("host");
            headers.forEach(request::header);
            return request;
        }

        @Test
        void theBucketMayBeInTheHost() {
            AwsProtocol access = new AwsProtocol(
                    keboola.storageEndpoint(), false, keboola.clock(), Duration.ofHours(1), Duration.ofHours(1));
            for (String host : List.of(
                    "kbc-files-x.localhost:8080",
                    "kbc-files-x.s3.amazonaws.com",
                    "kbc-files-x.s3-eu-central-1.amazonaws.com",
                    "KBC-files-x.s3.eu-central-1.amazonaws.com:443")) {
                assertEquals(new ObjectName("kbc-files-x", "a/b c"), access.locate(request(host, "/a/b%20c")));
            }
            assertEquals(
                    new ObjectName("kbc-files-x", "a/b c"),
                    access.locate(request("s3.amazonaws.com", "/kbc-files-x/a/b%20c")));
        }

        private static Request request(String host, String path) {
            return new Request("GET", path, null, Map.of("host", List.of(host)), "");
        }

        @Test
        void anExpiredSessionIsAnExpiredToken() throws Exception {
            keboola.clock().advance(Duration.ofHours(12));

            assertEquals("400 ExpiredToken", error(client.send(slice())));
        }

        @Test
        void aWrongSecretDoesNotMatch() throws Exception {
            assertEquals("403 SignatureDoesNotMatch", error(client.send(signed(Map.of(), "wrong"))));
        }

        @Test
        void aForgedSessionIsInvalid() throws Exception {
            Map<String, String> forged = Map.of("x-amz-security-token", "a.b");

            assertEquals("400 InvalidToken", error(client.send(signed(forged, "wrong"))));
        }

        @Test
        void aClockFarOffIsRefused() throws Exception {
            Map<String, String> old = Map.of("x-amz-date", "20200101T000000Z");

            assertEquals("403 RequestTimeTooSkewed", error(client.send(signed(old, (String)
                    credential("SecretAccessKey")))));
        }

        @Test
        void aHeaderLeftOutOfTheSignatureIsRefused() throws Exception {
            assertEquals("403 AccessDenied", error(client.send(slice().header("x-amz-meta-more", "1"))));
            assertEquals(
                    "403 AccessDenied",
                    error(client.send(at(keboola, export.entries().get(0), "s3://"))));
        }

        @Test
        void theOffsetOfExpirationHasAColon() {
            assertTrue(credential("Expiration").toString().matches("\\d{4}-.*T.*\\+00:00"));
        }
    }

    @Nested
    class Azure extends Cloud {
        Azure() {
            super(Dialect.AZURE);
        }

        @Override
        HttpRequest.Builder slice() {
            return withSas(sas());
        }

        private String sas() {
            String text = (String) Client.at(export.file(), "absCredentials", "SASConnectionString");
            assertTrue(text.startsWith(
                    "BlobEndpoint=" + keboola.storageEndpoint() + ";SharedAccessSignature=sv=2017-11-09&"));
            return text.substring(text.indexOf("SharedAccessSignature=") + "SharedAccessSignature=".length());
        }

        private HttpRequest.Builder withSas(String sas) {
            String entry = export.entries().get(0);
            String authority = keboola.storageEndpoint().getAuthority();
            assertTrue(entry.startsWith("azure://" + authority + "/exp-2-export-578-"), entry);
            return HttpRequest.newBuilder(URI.create(entry.replace("azure://", "http://") + "?" + sas));
        }

        @Test
        void anExpiredSignatureFailsAuthentication() throws Exception {
            keboola.clock().advance(Duration.ofHours(12));
            HttpResponse<byte[]> response = client.send(slice());

            assertEquals("403 AuthenticationFailed", error(response));
            assertEquals(
                    "AuthenticationFailed",
                    response.headers().firstValue("x-ms-error-code").orElse(""));
            assertTrue(Client.string(response).contains("Signature not valid in the specified time frame"));
        }

        @Test
        void alteredFieldsDoNotMatch() throws Exception {
            String longer = sas().replaceFirst("se=\\d{4}", "se=2999");

            assertEquals("403 AuthenticationFailed", error(client.send(withSas(longer))));
            assertEquals("404 ResourceNotFound", error(client.send(withSas("sv=2017-11-09"))));
        }

        @Test
        void itsOwnRangeHeaderCountsToo() throws Exception {
            HttpResponse<byte[]> response = client.send(slice().header("x-ms-range", "bytes=4-"));

            assertEquals(206, response.statusCode());
            assertEquals("\"2\"\n", Client.string(response));
        }
    }

    @Nested
    class Ranges {
        private final FakeKeboola keboola = FakeKeboola.builder().jobPolls(0).start();
        private final Client client = new Client(keboola);
        private Client.Export export;
        private byte[] whole;

        @BeforeEach
        void export() throws Exception {
            keboola.seed(Samples.WEATHER);
            export = client.export("in.c-demo.weather", "{}");
            whole = client.send(client.slice(export, 0)).body();
        }

        @AfterEach
        void close() {
            client.close();
            keboola.close();
        }

        private HttpResponse<byte[]> range(String range) throws Exception {
            return client.send(client.slice(export, 0).header("Range", range));
        }

        private void part(String range, int from, int to) throws Exception {
            HttpResponse<byte[]> response = range(range);
            assertEquals(206, response.statusCode());
            assertArrayEquals(Arrays.copyOfRange(whole, from, to), response.body());
            assertEquals(
                    "bytes " + from + "-" + (to - 1) + "/" + whole.length,
                    response.headers().firstValue("Content-Range").orElse(""));
            assertEquals(
                    to - from,
                    response.headers().firstValueAsLong("Content-Length").orElse(-1));
        }

        @Test
        void ofAllThreeKindsAreExact() throws Exception {
            part("bytes=10-19", 10, 20);
            part("bytes=1000-", 1000, whole.length);
            part("bytes=-7", whole.length - 7, whole.length);
            part("bytes=0-999999999", 0, whole.length);
            part("bytes=-999999999", 0, whole.length);
        }

        @Test
        void beyondTheEndAreUnsatisfiable() throws Exception {
            HttpResponse<byte[]> response = range("bytes=" + whole.length + "-");

            assertEquals("416 InvalidRange", error(response));
            assertEquals(
                    "bytes */" + whole.length,
                    response.headers().firstValue("Content-Range").orElse(""));
        }

        @Test
        void thatAreMalformedAreIgnored() throws Exception {
            for (String range : new String[] {"bytes=9-1x", "lines=1-2", "bytes=", "bytes=1-2,5-6"}) {
                assertEquals(200, range(range).statusCode(), range);
            }
        }

        @Test
        void requireTheObjectOfIfMatch() throws Exception {
            HttpResponse<byte[]> first = range("bytes=0-9");
            String etag = first.headers().firstValue("ETag").orElseThrow();

            assertTrue(etag.matches("\"[0-9a-f-]+\""), etag);
            assertEquals(
                    206,
                    client.send(client.slice(export, 0)
                                    .header("Range", "bytes=10-")
                                    .header("If-Match", etag))
                            .statusCode());
            assertEquals(
                    412,
                    client.send(client.slice(export, 0).header("If-Match", "\"x\""))
                            .statusCode());
        }

        @Test
        void aHeadHasTheLengthAndNoBody() throws Exception {
            HttpResponse<byte[]> response =
                    client.send(client.slice(export, 0).method("HEAD", HttpRequest.BodyPublishers.noBody()));

            assertEquals(
                    whole.length,
                    response.headers().firstValueAsLong("Content-Length").orElse(-1));
            assertEquals(0, response.body().length);
            assertEquals(
                    "bytes",
                    response.headers().firstValue("Accept-Ranges").orElse("").toLowerCase(Locale.ROOT));
        }
    }
}
