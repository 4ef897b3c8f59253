// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Secret;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeboolaConfigTest {
    private static final KeboolaConfig GOOD = of("https://connection.keboola.com");

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/v2/storage", "/v2/storage/"})
    void theStackIsTakenWithOrWithoutThePathOfTheApi(String end) {
        assertEquals(GOOD, of("https://connection.keboola.com" + end));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://connection.keboola.com",
                "ftp://connection.keboola.com",
                "connection.keboola.com",
                "https://me:secret@connection.keboola.com",
                "https://connection.keboola.com?a=b"
            })
    void aStackThatTheTokenMustNotBeSentToIsRefused(String stack) {
        assertThrows(IllegalArgumentException.class, () -> of(stack));
    }

    @Test
    void allProblemsAreToldAtOnce() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> new KeboolaConfig(
                        GOOD.stack(),
                        GOOD.token(),
                        GOOD.fileType(),
                        GOOD.columnTypes(),
                        GOOD.emptyAsNull(),
                        List.of("n/a", ""),
                        Set.of(),
                        Duration.ZERO,
                        Duration.ZERO,
                        GOOD.connectTimeout(),
                        GOOD.readTimeout(),
                        GOOD.sliceIdleTimeout(),
                        GOOD.retryBudget(),
                        65,
                        GOOD.memoryLimitBytes(),
                        GOOD.storageEndpoint(),
                        false));
        for (String setting :
                new String[] {"null-words", "digests", "export-timeout", "poll-interval", "slices-at-once"}) {
            assertTrue(String.valueOf(e.getMessage()).contains(setting), e.getMessage());
        }
    }

    @Test
    void theTokenIsNotPrinted() {
        assertFalse(GOOD.toString().contains("canary"));
    }

    @Test
    void theReadmeHasEverySetting() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        Arrays.stream(KeboolaConfig.class.getRecordComponents())
                .map(component ->
                        component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .forEach(setting -> assertTrue(readme.contains("`" + setting + "`"), setting));
    }

    private static KeboolaConfig of(String stack) {
        return KeboolaConfig.of(URI.create(stack), Secret.of("canary"));
    }
}
