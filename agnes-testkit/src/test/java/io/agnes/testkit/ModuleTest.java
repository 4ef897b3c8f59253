// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ModuleTest {
    @Test
    void exportsOnePackageAndDependsOnNoOtherModuleOfAgnes() {
        ModuleDescriptor module = FakeKeboola.class.getModule().getDescriptor();

        assertEquals(
                Set.of("io.agnes.testkit"),
                module.exports().stream().map(ModuleDescriptor.Exports::source).collect(Collectors.toSet()));
        assertTrue(
                module.requires().stream().noneMatch(required -> required.name().startsWith("io.agnes")));
    }

    @Test
    void exactlyTheseTypesArePublic() throws Exception {
        Path classes = Path.of(FakeKeboola.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (var files = Files.list(classes.resolve("io/agnes/testkit"))) {
            Set<String> promised = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.contains("$") && !name.startsWith("package"))
                    .map(name -> name.replace(".class", ""))
                    .filter(ModuleTest::isPublic)
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(
                    new TreeSet<>(Set.of(
                            "Backend",
                            "Dialect",
                            "FakeBigQuery",
                            "FakeBigQueryExtension",
                            "FakeBigQueryTable",
                            "FakeCloudStorage",
                            "FakeCloudStorageExtension",
                            "FakeDataset",
                            "FakeKeboola",
                            "FakeKeboolaExtension",
                            "FakeObject",
                            "FakeTable",
                            "Fault",
                            "FaultPoint",
                            "FaultProxy",
                            "JobBehaviour",
                            "ManualClock",
                            "RecordedRequest",
                            "Samples")),
                    promised);
        }
    }

    private static boolean isPublic(String name) {
        try {
            return Modifier.isPublic(Class.forName("io.agnes.testkit." + name).getModifiers());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theReadmeNamesEverySettingAndFault() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        for (Class<?> type : new Class<?>[] {
            FakeKeboola.Builder.class,
            FakeBigQuery.Builder.class,
            FakeBigQuery.class,
            FakeBigQueryTable.class,
            FakeDataset.class,
            FakeCloudStorage.Builder.class,
            FakeCloudStorage.class,
            FaultPoint.class,
            FakeTable.class
        }) {
            Arrays.stream(type.getDeclaredMethods())
                    .filter(method -> Modifier.isPublic(method.getModifiers()))
                    .map(Method::getName)
                    .forEach(name -> assertTrue(readme.contains("`" + name), name + " is not in README.md"));
        }
    }
}
