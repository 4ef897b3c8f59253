// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.settings;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Secret;
import io.agnes.core.sync.ConfiguredSource;
import io.agnes.core.sync.SchedulerConfig;
import io.agnes.core.sync.SyncConfig;
import io.agnes.core.table.EmptyAsNull;
import io.agnes.core.table.Schedule;
import io.agnes.keboola.ExportFileType;
import io.agnes.keboola.KeboolaConfig;
import io.agnes.server.connection.Limits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {
    private static final String SECRET = "s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t";

    @TempDir
    private Path dir;

    private static List<NamedSetting> settings() {
        return SettingsCatalog.of(Sources.TYPES).settings();
    }

    private static Optional<KeboolaConfig> keboola(Settings settings) {
        return settings.sources().configured().stream()
                .map(ConfiguredSource::settings)
                .filter(KeboolaConfig.class::isInstance)
                .map(KeboolaConfig.class::cast)
                .findFirst();
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(dir.resolve("agnes.yaml"), yaml);
    }

    private static SettingsException refused(Map<String, String> flags, Map<String, String> environment, Path file) {
        SettingsException refused =
                assertThrows(SettingsException.class, () -> SettingsReader.read(flags, environment, file));
        assertFalse(refused.toString().contains(SECRET), "the message holds a secret: " + refused.getMessage());
        assertFalse(refused.getMessage().contains("\n"), "the message has one line: " + refused.getMessage());
        return refused;
    }

    @Test
    void withoutAnySettingTheDefaultsHold() {
        Settings settings = SettingsReader.read(Map.of(), Map.of(), null);
        assertAll(
                () -> assertEquals(Path.of("data"), settings.dataDir()),
                () -> assertEquals(Path.of("data/tmp"), settings.tempDir()),
                () -> assertEquals("127.0.0.1", settings.host()),
                () -> assertEquals(8080, settings.port()),
                () -> assertTrue(settings.schedulerToken().isEmpty()),
                () -> assertEquals(SyncConfig.of(), settings.sync()),
                () -> assertTrue(keboola(settings).isEmpty()));
    }

    @Test
    void theDefaultsOfTheServerAreThoseOfTheLibraries() {
        Settings settings = SettingsReader.read(Map.of(), Map.of(), null);
        assertEquals(Optional.of(SchedulerConfig.of()), settings.scheduler());
        assertEquals(Limits.standard(), settings.limits());
        Settings withKeboola = SettingsReader.read(
                Map.of(), Map.of("KEBOOLA_STACK_URL", "https://a.example", "KEBOOLA_STORAGE_TOKEN", SECRET), null);
        assertEquals(
                Optional.of(KeboolaConfig.of(URI.create("https://a.example"), Secret.of(SECRET))),
                keboola(withKeboola));
    }

    @Test
    void aFlagWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
        Path file = file("port: 1\nhost: file.example\ndata-dir: from-file\n");
        Map<String, String> environment = Map.of("AGNES_PORT", "2", "AGNES_HOST", "environment.example");
        Settings settings = SettingsReader.read(Map.of("port", "3"), environment, file);
        assertEquals(3, settings.port());
        assertEquals("environment.example", settings.host());
        assertEquals(Path.of("from-file"), settings.dataDir());
    }

    @Test
    void anEmptyVariableIsNone() throws IOException {
        Path file = file("port: 81\n");
        assertEquals(
                81,
                SettingsReader.read(Map.of(), Map.of("AGNES_PORT", " "), file).port());
    }

    @Test
    void everythingOfAKeboolaProjectIsRead() throws IOException {
        Path file = file("""
                keboola:
                  stack-url: https://connection.keboola.com
                  storage-token: %s
                  file-type: csv
                  empty-as-null: never
                  null-words: 0000-00-00, n/a,,n/a
                  export-timeout-sec: 60
                  poll-interval-sec: 1
                  slice-timeout-sec: 5
                  parallelism: 3
                sync:
                  tables-at-once: 2
                  table-deadline-sec: 90
                """.formatted(SECRET));
        Settings settings = SettingsReader.read(Map.of(), Map.of(), file);
        KeboolaConfig keboola = keboola(settings).orElseThrow();
        assertAll(
                () -> assertEquals(URI.create("https://connection.keboola.com"), keboola.stack()),
                () -> assertEquals(SECRET, keboola.token().reveal()),
                () -> assertEquals(ExportFileType.CSV, keboola.fileType()),
                () -> assertEquals(EmptyAsNull.NEVER, keboola.emptyAsNull()),
                () -> assertEquals(List.of("0000-00-00", "n/a"), keboola.nullWords()),
                () -> assertEquals(Duration.ofMinutes(1), keboola.exportTimeout()),
                () -> assertEquals(Duration.ofSeconds(1), keboola.pollInterval()),
                () -> assertEquals(Duration.ofSeconds(5), keboola.sliceIdleTimeout()),
                () -> assertEquals(3, keboola.slicesAtOnce()),
                () -> assertEquals(new SyncConfig(2, Duration.ofSeconds(90), Duration.ofDays(1)), settings.sync()),
                () -> assertFalse(settings.toString().contains(SECRET)));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void everySettingCanComeFromTheEnvironment(NamedSetting setting) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "KEBOOLA_STACK_URL",
                "https://connection.keboola.com",
                "KEBOOLA_STORAGE_TOKEN",
                SECRET,
                "SCHEDULER_API_TOKEN",
                SECRET,
                "AGNES_KEBOOLA_STORAGE_ENDPOINT",
                "http://localhost:1",
                "AGNES_BIGQUERY_PROJECT",
                "my-project"));
        Settings before = SettingsReader.read(Map.of(), environment, null);
        String other = switch (setting.key()) {
            case "keboola.stack-url", "keboola.storage-endpoint" -> "https://other.example";
            case "keboola.file-type" -> "csv";
            case "plain-names" -> "none";
            case "keboola.empty-as-null" -> "never";
            case "files.group-readable" -> "true";
            case "keboola.storage-token", "scheduler.api-token" -> SECRET + "2";
            case "http.connections" -> "3000";
            case "http.trusted-hops" -> "3";
            case "scheduler.data-refresh-interval-sec", "bigquery.metadata-refresh-interval-sec" -> "420";
            case "bigquery.project" -> "other-project";
            case "bigquery.location" -> "EU";
            case "bigquery.staging-bucket" -> "shards";
            case "bigquery.max-bytes-per-materialize" -> "2000000";
            case "bigquery.endpoint", "bigquery.storage-endpoint" -> "https://other.googleapis.com";
            default -> "7";
        };
        environment.put(setting.environment(), other);
        assertFalse(before.equals(SettingsReader.read(Map.of(), environment, null)), setting.environment());
    }

    @Nested
    class Unknown {
        @ParameterizedTest
        @CsvSource({"prot, port", "hosts, host", "keboola.paralelism, keboola.parallelism", "data_dir, data-dir"})
        void aKeyOfTheFileIsRefusedWithTheNearest(String key, String nearest) throws IOException {
            String message = refused(Map.of(), Map.of(), file(key.replace(".", ":\n  ") + ": 1\n"))
                    .getMessage();
            assertTrue(message.contains(key) && message.contains("did you mean " + nearest + "?"), message);
            assertTrue(message.contains("file"), message);
        }

        @Test
        void aVariableOfOursIsRefusedWithTheNearest() {
            String message = refused(Map.of(), Map.of("AGNES_KEBOOLA_PARALELISM", "1"), null)
                    .getMessage();
            assertTrue(message.contains("did you mean AGNES_KEBOOLA_PARALLELISM?"), message);
            assertTrue(message.contains("environment"), message);
        }

        @ParameterizedTest
        @CsvSource({"KEBOOLA_STORAGE_TOKN, KEBOOLA_STORAGE_TOKEN", "KEBOOLA_URL, KEBOOLA_STACK_URL"})
        void aVariableOfKeboolaThatIsNoSettingIsRefusedWithTheNearest(String name, String nearest) {
            String message = refused(Map.of(), Map.of(name, SECRET), null).getMessage();
            assertTrue(message.contains(name + ", which is no setting; did you mean " + nearest + "?"), message);
            assertFalse(message.contains(SECRET), message);
        }

        @Test
        void aVariableOfOthersIsPassedOver() {
            Map<String, String> environment = Map.of("HOME", "/", "AGNES_TOKEN", "x", "AGNES_URL", "y", "agnes_x", "z");
            assertEquals(8080, SettingsReader.read(Map.of(), environment, null).port());
        }

        @Test
        void aFlagIsNotSaidToBeInTheFile() {
            String message = refused(Map.of("prot", "1"), Map.of(), null).getMessage();
            assertTrue(message.contains("flag") && !message.contains("file"), message);
        }

        @Test
        void allOfThemAreNamedAtOnce() throws IOException {
            String message = refused(
                            Map.of("hots", "x"),
                            Map.of("AGNES_PROT", "1", "AGNES_HOTS", "x"),
                            file("prot: 1\ndata: x\n"))
                    .getMessage();
            for (String wrong : List.of("hots", "AGNES_PROT", "AGNES_HOTS", "prot", "data")) {
                assertTrue(message.contains(wrong), wrong + " in " + message);
            }
        }

        @Test
        void aListWhereAValueBelongsIsRefused() throws IOException {
            refused(Map.of(), Map.of(), file("port: [1, 2]\n"));
        }
    }

    @Nested
    class Invalid {
        @Test
        void everythingThatIsWrongIsToldAtOnce() {
            Map<String, String> environment = Map.of(
                    "AGNES_PORT", "70000",
                    "SCHEDULER_API_TOKEN", "short",
                    "AGNES_SYNC_TABLES_AT_ONCE", "0",
                    "AGNES_EXTRACTOR_TIMEOUT_SEC", "soon",
                    "KEBOOLA_STACK_URL", "connection.keboola.com",
                    "AGNES_KEBOOLA_FILE_TYPE", "xml",
                    "AGNES_KEBOOLA_EMPTY_AS_NULL", "always",
                    "AGNES_KEBOOLA_NULL_WORDS", "x".repeat(65));
            String message = refused(Map.of(), environment, null).getMessage();
            for (String variable : environment.keySet()) {
                assertTrue(message.contains(variable), variable + " in " + message);
            }
            assertTrue(message.contains("KEBOOLA_STORAGE_TOKEN"), message);
        }

        @ParameterizedTest
        @ValueSource(strings = {"-1", "65536", "x", "1.5", "99999999999", "0x10", "8080;"})
        void aPortIsAWholeNumberInItsBounds(String port) {
            String message = refused(Map.of("port", port), Map.of(), null).getMessage();
            assertTrue(message.contains("port (AGNES_PORT) is " + port + ", must be a whole number from 0 to 65535"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"1", "59", "-60", "604801"})
        void aRefreshIntervalBelowAMinuteIsRefusedAndNotTakenForNever(String seconds) {
            Map<String, String> environment = Map.of("SCHEDULER_DATA_REFRESH_INTERVAL", seconds);
            String message = refused(Map.of(), environment, null).getMessage();
            assertTrue(
                    message.contains("scheduler.data-refresh-interval-sec (SCHEDULER_DATA_REFRESH_INTERVAL) is "
                            + seconds + ", must be 0 or a whole number from 60 to 604800"),
                    message);
        }

        @Test
        void aRefreshIntervalOfZeroIsNeverAndOfAMinuteEveryMinute() {
            assertNull(refresh("0").defaultSchedule());
            assertEquals(Schedule.parse("every 1m"), refresh("60").defaultSchedule());
        }

        private static SchedulerConfig refresh(String seconds) {
            return SettingsReader.read(Map.of("scheduler.data-refresh-interval-sec", seconds), Map.of(), null)
                    .scheduler()
                    .orElseThrow();
        }

        @Test
        void moreDownloadsThanHalfOfTheConnectionsAreRefused() {
            String message =
                    refused(Map.of("http.downloads", "1001"), Map.of(), null).getMessage();
            assertTrue(
                    message.contains("http.downloads (AGNES_HTTP_DOWNLOADS) is 1001, must be at most half of"
                            + " http.connections"),
                    message);
        }

        @Test
        void aSchedulerTokenOf31CharactersIsTooShortAndNotRepeated() {
            String token = SECRET.substring(0, 31);
            String message = refused(Map.of(), Map.of("SCHEDULER_API_TOKEN", token), null)
                    .getMessage();
            assertTrue(message.contains("has 31 characters, at least 32"), message);
            assertFalse(message.contains(token), message);
            SettingsReader.read(Map.of(), Map.of("SCHEDULER_API_TOKEN", SECRET.substring(0, 32)), null);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "http://connection.keboola.com",
                    "ftp://connection.keboola.com",
                    "//connection.keboola.com",
                    "https://",
                    "not an address"
                })
        void aStackIsAnHttpsAddress(String stack) {
            String message = refused(
                            Map.of(), Map.of("KEBOOLA_STACK_URL", stack, "KEBOOLA_STORAGE_TOKEN", SECRET), null)
                    .getMessage();
            assertTrue(message.contains("KEBOOLA_STACK_URL"), message);
        }

        @Test
        void aStackOnThisMachineMayBePlain() {
            Settings settings = SettingsReader.read(
                    Map.of(),
                    Map.of("KEBOOLA_STACK_URL", "http://127.0.0.1:8090", "KEBOOLA_STORAGE_TOKEN", SECRET),
                    null);
            assertEquals(
                    URI.create("http://127.0.0.1:8090"),
                    keboola(settings).orElseThrow().stack());
        }

        @Test
        void aDirectoryThatNoFileSystemKnowsIsRefused() {
            assertTrue(refused(Map.of("data-dir", "a\u0000b"), Map.of(), null)
                    .getMessage()
                    .contains("data-dir"));
        }
    }

    @Nested
    class SettingsFiles {
        @Test
        void oneThatIsNotThereIsNamed() {
            Path absent = dir.resolve("absent.yaml");
            String message = refused(Map.of(), Map.of(), absent).getMessage();
            assertTrue(message.contains(absent.toString()), message);
        }

        @Test
        void aDirectoryIsNoFile() {
            refused(Map.of(), Map.of(), dir);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "port: [1\nscheduler:\n  api-token: " + SECRET + "\n",
                    "scheduler:\n  api-token: \"" + SECRET + "\nport: 1\n",
                    "port: 1\n\tscheduler: " + SECRET + "\n",
                    "scheduler: " + SECRET + ": x\n",
                    "just a text " + SECRET,
                    "- " + SECRET + "\n",
                    "a: &a [*a]\nscheduler: *" + SECRET + "\n",
                    "port: !!java.net.URL [" + SECRET + "]\n",
                })
        void oneThatIsMalformedIsToldByItsLineAndWithoutItsContent(String yaml) throws IOException {
            Path file = file(yaml);
            String message = refused(Map.of(), Map.of(), file).getMessage();
            assertTrue(message.contains("settings file " + file), message);
        }

        @Test
        void theLineIsNamed() throws IOException {
            String message =
                    refused(Map.of(), Map.of(), file("port: 1\nhost: \"open\n")).getMessage();
            assertTrue(message.contains("line 3") || message.contains("line 2"), message);
        }

        @Test
        void anEmptyOneSetsNothing() throws IOException {
            assertEquals(8080, SettingsReader.read(Map.of(), Map.of(), file("")).port());
            assertEquals(
                    8080,
                    SettingsReader.read(Map.of(), Map.of(), file("# port: 1\n")).port());
        }

        @Test
        void aValueIsTakenAsItStands() throws IOException {
            String token = "${port}-$port-\\${x}-" + SECRET;
            Path file = file("scheduler:\n  api-token: '" + token + "'\n");
            assertEquals(
                    token,
                    SettingsReader.read(Map.of(), Map.of(), file)
                            .schedulerToken()
                            .orElseThrow()
                            .reveal());
            assertEquals(
                    token,
                    SettingsReader.read(Map.of(), Map.of("SCHEDULER_API_TOKEN", token), null)
                            .schedulerToken()
                            .orElseThrow()
                            .reveal());
        }
    }
}
