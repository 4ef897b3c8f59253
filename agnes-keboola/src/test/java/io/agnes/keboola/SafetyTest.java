// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Secret;
import io.agnes.testkit.FakeKeboola;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The hosts to which the client connects. */
class SafetyTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Secret TOKEN = Secret.of("canary-token");

    @TempDir
    Path directory;

    @Nested
    class Names {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "127.0.0.1",
                    "169.254.169.254",
                    "10.0.0.1",
                    "172.16.5.5",
                    "192.168.0.1",
                    "100.64.0.1",
                    "0.0.0.0",
                    "::1",
                    "::ffff:127.0.0.1",
                    "fd00::1",
                    "fe80::1",
                    "64:ff9b::a00:1",
                    "2002:a00:1::"
                })
        void aNameThatStandsForAPrivateAddressIsNotConnectedTo(String address) throws Exception {
            List<String> asked = new ArrayList<>();
            HelidonTransport transport = HelidonTransport.of(
                    PATIENCE,
                    false,
                    host -> {
                        asked.add(host);
                        return InetAddress.getByName(address);
                    },
                    HelidonTransport.platformTls());
            KeboolaConfig config = KeboolaConfig.of(URI.create("https://connection.example.com"), TOKEN);
            try (KeboolaClient client = KeboolaClient.of(config, transport, new HurriedTime())) {
                KeboolaException e = assertThrows(KeboolaException.class, client::verifyToken);
                assertEquals("target_refused", e.code());
                assertEquals(List.of("connection.example.com"), asked);
            }
        }

        /** The name is resolved once for each connection, so a second answer cannot differ. */
        @Test
        void theAddressThatWasCheckedIsTheOneConnectedTo() throws Exception {
            AtomicInteger asked = new AtomicInteger();
            try (FakeKeboola keboola = FakeKeboola.start();
                    HelidonTransport transport = HelidonTransport.of(
                            PATIENCE,
                            true,
                            host -> {
                                asked.incrementAndGet();
                                return InetAddress.getLoopbackAddress();
                            },
                            HelidonTransport.platformTls())) {
                URI uri = URI.create(
                        "http://connection.example.com:" + keboola.stackUrl().getPort() + "/v2/storage");
                try (Transport.Response answer = transport.send(Transport.Request.read(uri, Map.of(), PATIENCE))) {
                    assertEquals(200, answer.status());
                    assertEquals(1, asked.get());
                }
            }
        }
    }

    @Nested
    class FileDetails {
        private static final String AWS = """
                {"id":1,"isSliced":true,"provider":"aws","region":"eu-central-1",
                 "credentials":{"AccessKeyId":"A","SecretAccessKey":"canary","SessionToken":"canary"},
                 "s3Path":{"bucket":"kbc-files","key":"exp-2/1.csv"}}""";
        private static final String AZURE = """
                {"id":1,"isSliced":true,"provider":"azure","region":"north-europe",
                 "absPath":{"container":"exp-2","name":"1.csv"},
                 "absCredentials":{"SASConnectionString":"BlobEndpoint=https://acct.blob.core.windows.net;SharedAccessSignature=sv=1&sig=canary"}}""";
        private static final String GOOGLE = """
                {"id":1,"isSliced":true,"provider":"gcp","region":"europe-west3",
                 "gcsPath":{"bucket":"kbc-files","key":"exp-2/1.csv"},
                 "gcsCredentials":{"access_token":"canary","expires_in":3599,"token_type":"Bearer"}}""";

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "http://acct.blob.core.windows.net",
                    "https://127.0.0.1",
                    "https://169.254.169.254",
                    "https://[::1]",
                    "https://0x7f000001",
                    "https://2130706433",
                    "https://acct.blob.core.windows.net.evil.example",
                    "https://evil.example/acct.blob.core.windows.net",
                    "https://user@evil.example",
                    "file:///etc/passwd",
                    "jar:file:///a.jar!/",
                    "ftp://acct.blob.core.windows.net",
                    "gopher://acct.blob.core.windows.net"
                })
        void onlyBlobStorageIsAnEndpointOfAzure(String endpoint) {
            refused(AZURE.replace("https://acct.blob.core.windows.net", endpoint), "target_refused", "storage_unknown");
        }

        @ParameterizedTest
        @CsvSource({
            "eu-central-1,evil.example/x",
            "eu-central-1,127.0.0.1:80/",
            "eu-central-1,a@b",
            "evil.example,",
            "eu-central-1.evil.example/,",
            "EU,",
            "'',"
        })
        void regionAndBucketOfS3MakeNoOtherHost(String region, String bucket) {
            String file = AWS.replace("eu-central-1", region == null ? "" : region);
            refused(bucket == null ? file : file.replace("kbc-files", bucket), "storage_unknown");
        }

        @ParameterizedTest
        @ValueSource(strings = {"../../other", "a//b", "a/./b", "/a", "a/"})
        void aKeyThatWouldBeTidiedIsRefused(String key) {
            refused(GOOGLE.replace("exp-2/1.csv", key), "storage_unknown");
        }

        @Test
        void theBucketOfGoogleStaysOneSegment() {
            StorageLocation location =
                    read(GOOGLE.replace("kbc-files", "../evil?x=y#")).location();
            URI uri = location.read("exp-2/1.csv_0", "", Instant.EPOCH).uri();
            assertEquals("storage.googleapis.com", uri.getHost());
            assertEquals("/..%2Fevil%3Fx%3Dy%23/exp-2/1.csv_0", uri.getRawPath());
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "ibm", "file", "http"})
        void anUnknownProviderIsRefused(String provider) {
            refused(GOOGLE.replace("gcp", provider), "storage_unknown");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "https://storage.googleapis.com/kbc-files/exp-2/1.csv_0_0_0.csv.gz?X-Goog-Signature=a",
                    "https://kbc-files.storage.googleapis.com/exp-2/1.csv_0_0_0.csv.gz?a#b",
                    "https://storage.googleapis.com/kbc-files/exp-2%2F1.csv_0_0_0.csv.gz"
                })
        void aSignedAddressOfGoogleIsTakenForItsName(String address) {
            assertEquals("exp-2/1.csv_0_0_0.csv.gz", read(GOOGLE).location().slice(address));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "https://kbc-files.s3.eu-central-1.amazonaws.com/exp-2/1.csv_a%20b+c?X-Amz-Signature=a",
                    "https://s3.eu-central-1.amazonaws.com/kbc-files/exp-2/1.csv_a%20b+c?X-Amz-Signature=a",
                    "https://kbc-files.s3.amazonaws.com/exp-2/1.csv_a%20b%2Bc?X-Amz-Signature=a"
                })
        void oneOfS3Too(String address) {
            assertEquals("exp-2/1.csv_a b+c", read(AWS).location().slice(address));
        }

        @Test
        void oneOfAzureToo() {
            assertEquals(
                    "1.csv_0_0_0",
                    read(AZURE).location().slice("https://acct.blob.core.windows.net/exp-2/1.csv_0_0_0?sv=1&sig=a"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "http://storage.googleapis.com/kbc-files/exp-2/1.csv_0",
                    "https://storage.googleapis.com/other/exp-2/1.csv_0",
                    "https://storage.googleapis.com/kbc-files/other/1.csv_0",
                    "https://storage.googleapis.com/kbc-files/exp-2/../../other/exp-2/1.csv",
                    "https://storage.googleapis.com/kbc-files/exp-2/1.csv/%2e%2e/x",
                    "https://storage.googleapis.com/kbc-files/exp-2/1.csv_%zz",
                    "https://storage.googleapis.com/kbc-files/exp-2/1.csv//x",
                    "https://storage.googleapis.com/kbc-files/exp-2/1.csv_%00",
                    "https://storage.googleapis.com:444/kbc-files/exp-2/1.csv_0",
                    "https://storage.googleapis.com@evil.example/kbc-files/exp-2/1.csv_0",
                    "https://me@storage.googleapis.com/kbc-files/exp-2/1.csv_0",
                    "https://evil.example/kbc-files/exp-2/1.csv_0",
                    "https://127.0.0.1/kbc-files/exp-2/1.csv_0",
                    "https://[::1]/exp-2/1.csv_0",
                    "https://2130706433/exp-2/1.csv_0",
                    "file:///exp-2/1.csv_0",
                    "ftp://storage.googleapis.com/kbc-files/exp-2/1.csv_0",
                    "jar:https://storage.googleapis.com/kbc-files/exp-2/1.csv_0!/",
                    "gs://kbc-files@evil/exp-2/1.csv_0",
                    "gs://kbc-files/exp-2/1.csv\n",
                    "gs:///exp-2/1.csv_0",
                    "s3://kbc-files/exp-2/1.csv_0",
                    "//storage.googleapis.com/kbc-files/exp-2/1.csv_0",
                    "exp-2/1.csv_0"
                })
        void anAddressElsewhereIsForeign(String address) {
            KeboolaException e = assertThrows(
                    KeboolaException.class, () -> read(GOOGLE).location().slice(address));
            assertEquals("manifest_foreign", e.code());
        }

        @ParameterizedTest
        @ValueSource(strings = {AWS, AZURE, GOOGLE})
        void credentialsAreNotPrinted(String file) {
            assertFalse(read(file).toString().contains("canary"), read(file).toString());
        }

        private static ExportFile read(String json) {
            try (var reader = Json.createReader(new StringReader(json))) {
                JsonObject object = reader.readObject();
                return ExportFile.read(object, KeboolaConfig.of(URI.create("https://connection.keboola.com"), TOKEN));
            }
        }

        private static void refused(String file, String... codes) {
            KeboolaException e = assertThrows(KeboolaException.class, () -> read(file));
            assertTrue(List.of(codes).contains(e.code()), e.toString());
            assertFalse(String.valueOf(e.getMessage()).contains("canary"), e.getMessage());
        }
    }

    @Nested
    class Tls {
        @Tag("slow")
        @Test
        void anUntrustedCertificateIsFinalAndNothingIsSent() throws Exception {
            try (ServerSocket server = selfSigned()) {
                AtomicInteger connections = new AtomicInteger();
                List<Integer> seen = new ArrayList<>();
                Thread.ofVirtual().start(() -> accept(server, connections, seen));
                KeboolaException e = failure(server.getLocalPort());
                assertEquals("certificate_refused", e.code());
                assertEquals(1, connections.get());
                assertEquals(List.of(), seen);
            }
        }

        @Tag("slow")
        @Test
        @Timeout(30)
        void anUnansweredHandshakeTimesOut() throws Exception {
            try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                KeboolaException e = failure(silent.getLocalPort());
                assertEquals("source_unreachable", e.code());
            }
        }

        @Tag("slow")
        @Test
        void aTrustedCertificateIsGoodForItsOwnHostOnly() throws Exception {
            try (ServerSocket server = selfSigned()) {
                Thread.ofVirtual().start(() -> serve(server));
                HelidonTransport transport = HelidonTransport.of(PATIENCE, true, InetAddress::getByName, trusting());
                try (transport) {
                    String end = ":" + server.getLocalPort() + "/";
                    URI named = URI.create("https://127.0.0.1" + end);
                    try (Transport.Response answer =
                            transport.send(Transport.Request.read(named, Map.of(), PATIENCE))) {
                        assertEquals(204, answer.status());
                    }
                    URI other = URI.create("https://localhost" + end);
                    KeboolaException e = assertThrows(
                            KeboolaException.class,
                            () -> transport.send(Transport.Request.read(other, Map.of(), PATIENCE)));
                    assertEquals("certificate_refused", e.code());
                }
            }
        }

        private SSLContext trusting() throws Exception {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            KeyStore certificates = KeyStore.getInstance("PKCS12");
            certificates.load(null, null);
            certificates.setCertificateEntry("own", keys().getCertificate("own"));
            trust.init(certificates);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        }

        private static void serve(ServerSocket server) {
            while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                    byte[] head = new byte[4096];
                    if (client.getInputStream().read(head) > 0) {
                        client.getOutputStream()
                                .write("HTTP/1.1 204 None\r\nConnection: close\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                    }
                } catch (IOException e) {
                    // The client closes the connection during the handshake.
                }
            }
        }

        private static KeboolaException failure(int port) {
            Duration patience = Duration.ofMillis(500);
            KeboolaConfig config = KeboolaConfig.of(URI.create("https://127.0.0.1:" + port), TOKEN)
                    .withPrivateTargets(true)
                    .withReadTimeout(PATIENCE);
            try (KeboolaClient client =
                    KeboolaClient.of(config, HelidonTransport.of(patience, true), new HurriedTime())) {
                return assertThrows(KeboolaException.class, client::verifyToken);
            }
        }

        private static void accept(ServerSocket server, AtomicInteger connections, List<Integer> seen) {
            while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                    connections.incrementAndGet();
                    seen.add(client.getInputStream().read());
                } catch (IOException e) {
                    // The client closes the connection during the handshake.
                }
            }
        }

        private ServerSocket selfSigned() throws Exception {
            Path store = directory.resolve("keys.p12");
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "own",
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=127.0.0.1",
                            "-ext",
                            "san=ip:127.0.0.1",
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            "changeit",
                            "-keystore",
                            store.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("keytool.txt").toFile())
                    .start();
            assertEquals(0, keytool.waitFor());
            KeyStore keys = keys();
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, "changeit".toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress());
        }
    }

    private KeyStore keys() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(directory.resolve("keys.p12"))) {
            keys.load(in, "changeit".toCharArray());
        }
        return keys;
    }

    @Nested
    class Disk {
        @Tag("slow")
        @Test
        void aDiskWithTooLittleRoomIsRefusedBeforeTheDownload() throws Exception {
            BigSlices slices = BigSlices.write(directory, 3);
            long[] length = new long[1];
            try (FakeKeboola keboola = slices.seed(FakeKeboola.start());
                    Exports exports = Exports.of(keboola, directory)) {
                length[0] = exports.all(BigSlices.TABLE).digests().length();
            }
            try (FakeKeboola keboola = slices.seed(FakeKeboola.start());
                    Exports exports = with(keboola, length[0] - 1)) {
                KeboolaException e = assertThrows(KeboolaException.class, () -> exports.all(BigSlices.TABLE));
                assertEquals("disk_full", e.code());
                assertTrue(String.valueOf(e.getMessage()).contains(Long.toString(length[0])), e.getMessage());
                // Only the ends of the slices are requested.
                keboola.verifyCount("GET", ".*[.]parquet", 3);
                assertFalse(Files.exists(exports.draft.path()));
            }
            try (FakeKeboola keboola = slices.seed(FakeKeboola.start());
                    Exports exports = with(keboola, length[0])) {
                assertEquals(slices.rows(), exports.all(BigSlices.TABLE).rows());
            }
        }

        private Exports with(FakeKeboola keboola, long usable) throws Exception {
            return new Exports(
                    keboola, directory, UnaryOperator.identity(), UnaryOperator.identity(), directory -> usable);
        }
    }
}
