// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The script {@code agnes} in a separate checkout, which it builds. */
@Tag("process")
@Timeout(300)
class LauncherTest {
    private static final Path PROJECT = Path.of(System.getProperty("agnes.project.dir"));
    private static final Set<String> LEFT_OUT = Set.of("target", ".git", "data", "data-demo", ".idea");
    private static final int LONGEST_SECONDS = 240;

    private Path directory;
    private Path checkout;

    private record Ended(int code, String output, String errors) {}

    @BeforeEach
    void aCheckoutInAPathThatShellsAndLocalesStumbleOver() throws IOException {
        // Another user may not be able to enter the parents of the build directory.
        directory = Files.createTempDirectory(Path.of("/tmp"), "agnes-launcher");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        checkout = directory.resolve("it's ü [1] $HOME");
        copy(PROJECT, checkout);
    }

    @AfterEach
    void remove() throws Exception {
        assertEquals(
                0, new ProcessBuilder("rm", "-rf", directory.toString()).start().waitFor());
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path entered, BasicFileAttributes attributes) throws IOException {
                if (LEFT_OUT.contains(entered.getFileName().toString())) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(entered)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private Ended agnes(List<String> runner, Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(runner);
        command.add(checkout.resolve("agnes").toString());
        command.addAll(List.of(arguments));
        return run(command, environment);
    }

    private Ended run(List<String> command, Map<String, String> environment) throws Exception {
        Path output = directory.resolve("out.txt");
        Path errors = directory.resolve("err.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertTrue(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS), () -> Files.exists(errors) ? "slow" : "none");
        return new Ended(process.exitValue(), Files.readString(output), Files.readString(errors));
    }

    /** Root may write everywhere, so root runs the script as another user. */
    private static List<String> asAnotherUser() {
        return System.getProperty("user.name").equals("root")
                ? List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
                : List.of();
    }

    @Test
    void buildsAndRunsWhereverItLiesAndForWhomever() throws Exception {
        Map<String, String> plain = Map.of("LANG", "C", "LC_ALL", "C", "TERM", "dumb");
        String data = directory.resolve("dätä of a demo").toString();
        Ended demo = agnes(List.of(), plain, "demo", "--once", "--data-dir", data);
        assertEquals(0, demo.code, demo.output + demo.errors);
        assertTrue(demo.output.contains("All rows and hashes are those of the source."), demo.output);
        assertTrue(demo.errors.startsWith("agnes: building"), demo.errors);
        assertFalse((demo.output + demo.errors).contains("\033"), demo.errors);

        Files.setLastModifiedTime(
                checkout.resolve("pom.xml"), FileTime.from(Instant.now().plus(1, ChronoUnit.HOURS)));
        assertEquals(
                0,
                new ProcessBuilder("chmod", "-R", "a-w", checkout.toString())
                        .start()
                        .waitFor());
        Ended other = agnes(asAnotherUser(), plain, "--version");
        assertEquals(0, other.code, other.errors);
        assertTrue(other.output.startsWith("agnes "), other.output);
        assertEquals(
                "agnes: the sources are newer than the build and you may not write to " + checkout.resolve("target")
                        + "; running the program as it was built",
                other.errors.strip());
    }

    /** The test reads Maven's local repository and does not write to it. */
    @Test
    void theSampleBuildsWithTheArtifactsThatOneCommandInstalls() throws Exception {
        Path repository = directory.resolve("repository");
        String filled = System.getProperty("localRepository");
        run("cp", "-rs", Path.of(filled).toAbsolutePath().toString(), repository.toString());
        String maven = "-Dmaven.repo.local=" + repository;
        run(
                "mvn",
                "-B",
                "-q",
                "-ntp",
                maven,
                "-DskipTests",
                "-Dspotless.check.skip=true",
                "-f",
                checkout.toString(),
                "-pl",
                "agnes-keboola",
                "-am",
                "install");
        Path sample = checkout.resolve("samples").resolve("export-a-table");
        run(
                "mvn",
                "-B",
                "-q",
                "-ntp",
                maven,
                "-f",
                sample.toString(),
                "package",
                "dependency:copy-dependencies",
                "-DoutputDirectory=target/lib");
        assertTrue(Files.exists(sample.resolve("target").resolve("export-a-table-1.jar")));
    }

    private void run(String... command) throws Exception {
        Ended ended = run(List.of(command), Map.of());
        assertEquals(0, ended.code, ended.output + ended.errors);
    }
}
