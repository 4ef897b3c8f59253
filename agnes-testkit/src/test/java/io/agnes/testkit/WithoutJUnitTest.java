// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that uses the testkit without JUnit. */
@Tag("process")
class WithoutJUnitTest {
    private static final Pattern OF_THE_PROGRAM =
            Pattern.compile(".*(agnes-testkit\\W(target\\Wclasses|.*\\.jar)|duckdb_jdbc|jspecify).*");
    private static final String SOURCE = """
            package someone;

            import io.agnes.testkit.FakeKeboola;
            import io.agnes.testkit.Samples;

            public class Program {
                public static void main(String[] args) {
                    try (FakeKeboola keboola = FakeKeboola.start()) {
                        keboola.seed(Samples.AIRPORTS);
                        System.out.print("serving " + keboola.table("in.c-demo.airports").id());
                        keboola.verifyFaultsConsumed();
                    }
                    try {
                        Class.forName("org.junit.jupiter.api.Test");
                        System.out.print(" with JUnit");
                    } catch (ClassNotFoundException e) {
                        System.out.print(" without JUnit");
                    }
                }
            }
            """;

    @TempDir
    Path directory;

    private Path classes;
    private String libraries;

    @BeforeEach
    void findLibraries() throws Exception {
        String path =
                System.getProperty("jdk.module.path", "") + File.pathSeparator + System.getProperty("java.class.path");
        libraries = Stream.of(path.split(File.pathSeparator))
                .filter(entry -> OF_THE_PROGRAM.matcher(entry).matches())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
        classes = Files.createDirectories(directory.resolve("classes"));
        Files.createDirectories(directory.resolve("src/someone"));
        Files.writeString(directory.resolve("src/someone/Program.java"), SOURCE);
    }

    @Test
    void itRunsOnTheModulePath() throws Exception {
        Files.writeString(directory.resolve("src/module-info.java"), "module someone { requires io.agnes.testkit; }");
        run(
                "javac",
                "-Xlint:all,-requires-automatic",
                "-Werror",
                "-p",
                libraries,
                "-d",
                "classes",
                "src/module-info.java",
                "src/someone/Program.java");
        assertEquals(
                "serving in.c-demo.airports without JUnit",
                run(
                        "java",
                        "--enable-native-access=duckdb.jdbc",
                        "-p",
                        classes + File.pathSeparator + libraries,
                        "-m",
                        "someone/someone.Program"));
    }

    @Test
    void itRunsOnTheClassPath() throws Exception {
        run("javac", "-Xlint:all", "-Werror", "-cp", libraries, "-d", "classes", "src/someone/Program.java");
        assertEquals(
                "serving in.c-demo.airports without JUnit",
                run(
                        "java",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classes + File.pathSeparator + libraries,
                        "someone.Program"));
    }

    private String run(String tool, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", tool).toString()));
        command.addAll(List.of(arguments));
        Path errors = directory.resolve("errors.txt");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(errors.toFile())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said + Files.readString(errors));
        return said;
    }
}
