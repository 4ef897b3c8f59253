// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS with clients that trust only the fake's authority and check host names. */
class TlsTest {
    private static final String ID = "in.c-crm.orders";

    @TempDir
    Path scratch;

    private FakeKeboola keboola;

    @AfterEach
    void close() {
        keboola.close();
    }

    private void start(FakeKeboola.Builder settings) {
        keboola = settings.jobPolls(0).start();
        keboola.table(ID).columns("id").row("1").row("2");
    }

    private X509Certificate authority() throws Exception {
        byte[] pem = Files.readAllBytes(keboola.writeCertificateAuthority(scratch.resolve("ca.pem")));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
    }

    private SSLContext trusting() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("fake", authority());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private Client client() throws Exception {
        return new Client(keboola, HttpClient.newBuilder().sslContext(trusting()));
    }

    private Client throughProxy() throws Exception {
        InetSocketAddress proxy =
                new InetSocketAddress(keboola.proxy().getHost(), keboola.proxy().getPort());
        return new Client(
                keboola, HttpClient.newBuilder().sslContext(trusting()).proxy(ProxySelector.of(proxy)));
    }

    @Test
    void aWholeExportUsesHttps() throws Exception {
        start(FakeKeboola.builder().tls());
        try (Client client = client()) {
            Client.Export export = client.export(ID, "{}");

            assertTrue(export.file().get("url").toString().startsWith(keboola.stackUrl() + "/"));
            assertEquals("https", keboola.stackUrl().getScheme());
            assertEquals("\"1\"\n\"2\"\n", client.text(export));
            URI local = URI.create(keboola.stackUrl().toString().replace("127.0.0.1", "localhost"));
            assertEquals(
                    200,
                    client.send(HttpRequest.newBuilder(local.resolve("/v2/storage")))
                            .statusCode());
        }
    }

    @Test
    void aClientThatDoesNotTrustTheAuthorityFails() throws Exception {
        start(FakeKeboola.builder().tls());
        try (Client client = new Client(keboola)) {
            assertThrows(SSLHandshakeException.class, () -> client.get(""));
        }
        try (FakeKeboola other = FakeKeboola.builder().tls().start();
                Client client = client()) {
            assertThrows(
                    SSLHandshakeException.class,
                    () -> client.send(HttpRequest.newBuilder(other.stackUrl().resolve("/v2/storage"))));
        }
    }

    @Test
    void theAuthoritySignsServersAndItself() throws Exception {
        start(FakeKeboola.builder().tls());
        X509Certificate authority = authority();

        authority.verify(authority.getPublicKey());
        authority.checkValidity();
        assertEquals(Integer.MAX_VALUE, authority.getBasicConstraints());
        assertTrue(authority.getKeyUsage()[5] && !authority.getKeyUsage()[0]);
    }

    @Test
    void aHandshakeForAnotherNameIsRefused() throws Exception {
        start(FakeKeboola.builder().cloudHosts().dialect(Dialect.AZURE));

        assertEquals("TLSv1.3", handshake("KBCFILES.blob.core.windows.net"));
        assertThrows(SSLHandshakeException.class, () -> handshake("other.blob.core.windows.net"));
    }

    /** The client does not check the names in the certificate, so the server must refuse. */
    private String handshake(String name) throws Exception {
        int port = keboola.storageEndpoint().getPort();
        try (SSLSocket socket = (SSLSocket) trusting().getSocketFactory().createSocket("127.0.0.1", port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket.getSession().getProtocol();
        }
    }

    @Test
    void aRequestForAnotherHostIsMisdirected() throws Exception {
        start(FakeKeboola.builder().tls());
        int port = keboola.storageEndpoint().getPort();
        try (Socket socket = trusting().getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.getOutputStream()
                    .write("GET /v2/storage HTTP/1.1\r\nHost: other.test\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertTrue(answer.startsWith("HTTP/1.1 421 "), answer);
        }
    }

    @Test
    void theProxyRefusesOtherHosts() throws Exception {
        start(FakeKeboola.builder().cloudHosts().dialect(Dialect.AZURE));
        try (Client client = throughProxy()) {
            assertThrows(
                    IOException.class,
                    () -> client.send(HttpRequest.newBuilder(URI.create("https://other.blob.core.windows.net/"))));
            assertEquals(
                    405,
                    client.send(HttpRequest.newBuilder(URI.create("http://kbcfiles.blob.core.windows.net/")))
                            .statusCode());
        }
    }

    @Test
    void plainHttpHasNeitherAuthorityNorProxy() {
        start(FakeKeboola.builder());

        assertThrows(IllegalStateException.class, keboola::proxy);
        assertThrows(IllegalStateException.class, keboola::certificateAuthority);
    }

    @Test
    void aStackMayHaveAName() throws Exception {
        start(FakeKeboola.builder().stackHost("connection.example.test"));
        try (Client client = throughProxy()) {
            assertEquals(URI.create("https://connection.example.test"), keboola.stackUrl());
            assertEquals("\"1\"\n\"2\"\n", client.text(client.export(ID, "{}")));
            assertTrue(Client.string(client.get("")).contains("\"https:\\/\\/queue.example.test\"")
                    || Client.string(client.get("")).contains("\"https://queue.example.test\""));
            assertEquals(
                    501,
                    client.send(HttpRequest.newBuilder(URI.create("https://queue.example.test/jobs")))
                            .statusCode());
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> FakeKeboola.builder().stackHost("https://connection.example.test"));
    }

    @Nested
    class Clouds {
        @Test
        void azureHasItsRealHostNames() throws Exception {
            start(FakeKeboola.builder().cloudHosts().dialect(Dialect.AZURE));
            try (Client client = throughProxy()) {
                Client.Export export = client.export(ID, "{}");
                String host = "kbcfiles.blob.core.windows.net";
                String connection = (String) Client.at(export.file(), "absCredentials", "SASConnectionString");
                String sas = connection.replaceFirst(".*;SharedAccessSignature=", "");

                assertTrue(connection.startsWith("BlobEndpoint=https://" + host + ";"), connection);
                assertTrue(export.file().get("url").toString().startsWith("https://" + host + "/exp-2-export-578-"));
                String entry = export.entries().getFirst();
                assertTrue(entry.startsWith("azure://" + host + "/exp-2-export-578-"), entry);
                assertEquals(
                        "\"1\"\n\"2\"\n",
                        Client.string(client.send(
                                HttpRequest.newBuilder(URI.create(entry.replace("azure:", "https:") + "?" + sas)))));
                assertEquals(
                        403,
                        client.send(HttpRequest.newBuilder(URI.create(
                                        entry.replace("azure:", "https:") + "?" + sas.replace("sp=rl", "sp=rwl"))))
                                .statusCode());
            }
        }

        @Test
        void googleHasItsRealHostNames() throws Exception {
            start(FakeKeboola.builder().cloudHosts());
            try (Client client = throughProxy()) {
                Client.Export export = client.export(ID, "{}");
                String token = (String) Client.at(export.file(), "gcsCredentials", "access_token");
                String key = export.entries().getFirst().substring("gs://kbc-files-g".length());

                assertTrue(
                        export.file().get("url").toString().startsWith("https://storage.googleapis.com/kbc-files-g/"));
                for (String base : List.of(
                        "https://storage.googleapis.com/kbc-files-g", "https://kbc-files-g.storage.googleapis.com")) {
                    assertEquals(
                            "\"1\"\n\"2\"\n",
                            Client.string(client.send(HttpRequest.newBuilder(URI.create(base + key))
                                    .header("Authorization", "Bearer " + token))));
                }
            }
        }

        @Test
        void bucketsOfS3AreInTheHost() throws Exception {
            start(FakeKeboola.builder().cloudHosts().dialect(Dialect.AWS));
            try (Client client = throughProxy()) {
                Client.Export export = client.export(ID, "{}");
                String host = "kbc-files-x.s3.eu-central-1.amazonaws.com";
                String url = (String) export.file().get("url");

                assertTrue(url.startsWith("https://" + host + "/exp-2/578/"), url);
                assertEquals(
                        403,
                        client.send(HttpRequest.newBuilder(URI.create(url.replace("manifest?", "_0_0_0.csv?"))))
                                .statusCode());
                assertEquals("\"1\"\n\"2\"\n", Client.string(signed(client, export, host, 0)));
                assertEquals(403, signed(client, export, host, 1).statusCode());
            }
        }

        /** @param mistake the number of characters by which the signed path is longer than the requested one */
        private HttpResponse<byte[]> signed(Client client, Client.Export export, String host, int mistake)
                throws Exception {
            String path = export.entries().getFirst().substring("s3://kbc-files-x".length());
            String now = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
                    .withZone(ZoneOffset.UTC)
                    .format(keboola.clock().instant());
            Map<String, String> headers = new TreeMap<>();
            headers.put("host", host);
            headers.put("x-amz-content-sha256", SignatureV4.UNSIGNED);
            headers.put("x-amz-date", now);
            headers.put("x-amz-security-token", (String) Client.at(export.file(), "credentials", "SessionToken"));
            SignatureV4 signature = new SignatureV4(now.substring(0, 8), now, "eu-central-1");
            String hex = signature.sign(
                    (String) Client.at(export.file(), "credentials", "SecretAccessKey"),
                    "GET",
                    path + "x".repeat(mistake),
                    Map.of(),
                    headers,
                    SignatureV4.UNSIGNED);
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://" + host + path))
                    .header(
                            "Authorization",
                            "AWS4-HMAC-SHA256 Credential=" + Client.at(export.file(), "credentials", "AccessKeyId")
                                    + "/" + signature.scope() + ", SignedHeaders=" + String.join(";", headers.keySet())
                                    + ", Signature=" + hex);
            headers.remove("host");
            headers.forEach(request::header);
            return client.send(request);
        }
    }
}
