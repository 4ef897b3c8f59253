// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Secret;
import io.agnes.core.settings.Setting;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BigQueryConfigTest {
    private static final BigQueryConfig GOOD = BigQueryConfig.of("my-project");
    private static final String KEY = "{\"type\": \"service_account\", \"private_key\": \"canary\"}";

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "My-Project", "my_project", "my-project\n", "x; DROP TABLE"})
    void whatIsNoProjectIsRefused(String project) {
        assertThrows(IllegalArgumentException.class, () -> BigQueryConfig.of(project));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://bigquery.googleapis.com",
                "https://bigquery.googleapis.com.example.org",
                "https://examplegoogleapis.com",
                "https://me@bigquery.googleapis.com",
                "http://127.0.0.1:9050",
                "https://192.168.1.1"
            })
    void anAddressThatIsNotOfGoogleIsRefused(String address) {
        assertThrows(IllegalArgumentException.class, () -> GOOD.withEndpoint(URI.create(address)));
        assertThrows(IllegalArgumentException.class, () -> GOOD.withStorageEndpoint(URI.create(address)));
    }

    @Test
    void privateEndpointsOfGoogleAreAllowed() {
        URI address = URI.create("https://bigquery-mine.p.googleapis.com");
        assertEquals(Optional.of(address), GOOD.withEndpoint(address).endpoint());
    }

    @Test
    void thisMachineIsAllowedWhereAProgramSaysSo() {
        BigQueryConfig local = GOOD.withPrivateTargets(true).withEndpoint(URI.create("http://127.0.0.1:9050"));
        assertEquals(9050, local.endpoint().orElseThrow().getPort());
        assertThrows(IllegalArgumentException.class, () -> local.withEndpoint(URI.create("http://10.0.0.1:9050")));
    }

    @Test
    void allProblemsAreToldAtOnce() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> new BigQueryConfig(
                        "x",
                        Optional.of("Europe; or so"),
                        GOOD.readCredentials(),
                        GOOD.writeCredentials(),
                        Optional.of("gs://bucket"),
                        "/agnes",
                        0,
                        Duration.ofSeconds(1),
                        1,
                        -1,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ofSeconds(-1),
                        65,
                        1,
                        Optional.of(URI.create("http://bigquery.googleapis.com")),
                        Optional.of(URI.create("https://example.org")),
                        false));
        for (Setting<?> setting : BigQueryConfig.SETTINGS.settings()) {
            if (!setting.secret() && !setting.name().equals("private-targets")) {
                assertTrue(String.valueOf(e.getMessage()).contains(setting.name() + " must"), setting.name());
            }
        }
    }

    @Test
    void credentialsAreNotPrinted() {
        BigQueryConfig config = GOOD.withReadCredentials(BigQueryReadCredentials.json(Secret.of(KEY)))
                .withWriteCredentials(BigQueryWriteCredentials.json(Secret.of(KEY)));
        assertFalse(config.toString().contains("canary"));
    }

    @Test
    void theReadmeHasEverySetting() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        Arrays.stream(BigQueryConfig.class.getRecordComponents())
                .map(component ->
                        component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .forEach(setting -> assertTrue(readme.contains("`" + setting + "`"), setting));
    }

    @Nested
    class FromASettingsFile {
        private final List<String> problems = new ArrayList<>();

        private Optional<BigQueryConfig> read(Map<String, String> texts) {
            return BigQueryConfig.SETTINGS.read(
                    setting -> Optional.ofNullable(texts.get(setting.key())),
                    (setting, problem) -> problems.add(setting.name() + " " + problem));
        }

        @Test
        void withoutAProjectTheSectionIsNotInUse() {
            assertEquals(Optional.empty(), read(Map.of("staging-bucket", "mine")));
            assertEquals(List.of(), problems);
        }

        @Test
        void aProjectIsEnough() {
            assertEquals(Optional.of(GOOD), read(Map.of("project", "my-project")));
        }

        @Test
        void credentialsAreJsonOrAPath() {
            BigQueryConfig config = read(Map.of(
                            "project",
                            "my-project",
                            "read-credentials",
                            KEY,
                            "write-credentials",
                            "/etc/agnes/key.json"))
                    .orElseThrow();
            assertEquals(BigQueryReadCredentials.json(Secret.of(KEY)), config.readCredentials());
            assertEquals(BigQueryWriteCredentials.file(Path.of("/etc/agnes/key.json")), config.writeCredentials());
        }

        /** Base64 is a usual way to put a key into a variable. */
        @Test
        void aKeyInAnotherNotationIsRefusedAndNotPrinted() {
            String text = "c2VjcmV0".repeat(300);
            IllegalArgumentException e = assertThrows(
                    IllegalArgumentException.class,
                    () -> read(Map.of("project", "my-project", "read-credentials", text)));
            assertFalse(String.valueOf(e.getMessage()).contains("c2VjcmV0"));
        }

        @Test
        void anEmulatorOnThisMachineNeedsNoCredentials() {
            BigQueryConfig config = read(Map.of("project", "my-project", "endpoint", "http://127.0.0.1:9050"))
                    .orElseThrow();
            assertEquals(BigQueryReadCredentials.anonymous(), config.readCredentials());
            assertTrue(config.privateTargets());
        }

        @Test
        void aValueOutsideItsGrammarIsNamed() {
            assertEquals(
                    Optional.empty(),
                    read(Map.of("project", "My Project", "staging-bucket", "gs://mine", "location", "EU!")));
            assertEquals(3, problems.size(), problems::toString);
        }
    }
}
