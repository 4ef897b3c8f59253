// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException.Kind;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoogleCloudExceptionTest {
    private static final String LONG = "ya29.canary ".repeat(200);

    private static List<GoogleCloudException> every() throws ReflectiveOperationException {
        List<GoogleCloudException> all = new ArrayList<>();
        for (Method factory : GoogleCloudException.class.getDeclaredMethods()) {
            if (Modifier.isPublic(factory.getModifiers()) && Modifier.isStatic(factory.getModifiers())) {
                Object[] arguments = Arrays.stream(factory.getParameterTypes())
                        .map(GoogleCloudExceptionTest::sample)
                        .toArray();
                all.add((GoogleCloudException) factory.invoke(null, arguments));
            }
        }
        return all;
    }

    private static Object sample(Class<?> type) {
        Map<Class<?>, Object> samples = Map.of(
                String.class, LONG, int.class, 7, long.class, 7L, boolean.class, true, Duration.class, Duration.ZERO);
        return samples.getOrDefault(type, new IllegalStateException(LONG));
    }

    /** A code that depends on an argument is that of the kind of resource, all of which the README lists. */
    @Test
    void theReadmeHasEveryCodeUnderItsKind() throws Exception {
        List<String> readme = Files.readAllLines(Path.of("README.md"));
        for (Kind kind : Kind.values()) {
            String row = readme.stream()
                    .filter(line -> line.startsWith("| `" + kind + "` |"))
                    .findFirst()
                    .orElseThrow();
            every().stream()
                    .filter(each -> each.kind() == kind && !each.code().contains("canary"))
                    .forEach(each -> assertTrue(row.contains("`" + each.code() + "`"), each.code()));
        }
    }

    @Test
    void noMessageIsLongOrShowsAToken() throws Exception {
        for (GoogleCloudException each : every()) {
            String message = String.valueOf(each.getMessage());
            assertTrue(message.length() <= SafeText.LONGEST, each.code());
            assertEquals(-1, message.indexOf("canary"), each.code());
        }
    }
}
