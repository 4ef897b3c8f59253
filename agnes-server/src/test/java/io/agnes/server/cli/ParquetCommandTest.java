// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agnes.core.file.FileDigests;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Parquet commands, run as processes. */
@Tag("process")
@Timeout(120)
class ParquetCommandTest {
    @TempDir
    private Path directory;

    private Path scratch;
    private Path files;

    @BeforeEach
    void directories() throws Exception {
        scratch = Files.createDirectories(directory.resolve("scratch"));
        files = Files.createDirectories(directory.resolve("files"));
    }

    private Path copy(String name, String as) throws Exception {
        Path target = files.resolve(as);
        Files.createDirectories(target.resolveSibling(""));
        try (InputStream in = ParquetCommandTest.class.getResourceAsStream("parquet/" + name)) {
            Files.copy(Objects.requireNonNull(in), target);
        }
        return target;
    }

    private Path copy(String name) throws Exception {
        return copy(name, name);
    }

    /** The output of the command, standard error last. */
    private String run(int code, Object... arguments) throws Exception {
        String[] words = Stream.concat(
                        Stream.of("parquet"), Stream.of(arguments).map(Object::toString))
                .toArray(String[]::new);
        try (AgnesProcess process = AgnesProcess.start(scratch, Map.of(), words)) {
            assertEquals(code, process.exitCode(), process.output() + process.errors());
            return (process.output() + process.errors()).strip();
        }
    }

    private JsonObject json(int code, Object... arguments) throws Exception {
        return Json.createReader(new StringReader(run(code, arguments))).readObject();
    }

    private List<String> names() throws Exception {
        try (Stream<Path> inside = Files.list(files)) {
            return inside.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Nested
    class Out {
        @Test
        void aFileThatIsAnInputIsNotReplaced() throws Exception {
            Path base = copy("base.parquet");
            Path base2 = copy("base2.parquet");
            FileDigests before = FileDigests.of(base);
            assertEquals(
                    "agnes: OUT " + base + " cannot be written: it is one of the files to merge",
                    run(73, "merge", base, base2, "-o", base));
            Path all = files.resolve("all.parquet");
            run(0, "merge", files, "-o", all);
            FileDigests merged = FileDigests.of(all);
            Path around = files.resolve("../files/./all.parquet");
            assertEquals(
                    "agnes: OUT " + around + " cannot be written: it is one of the files to merge",
                    run(73, "merge", files, "-o", around));
            assertEquals(before, FileDigests.of(base));
            assertEquals(merged, FileDigests.of(all));
            assertEquals(List.of("all.parquet", "base.parquet", "base2.parquet"), names());
        }

        @Test
        void onlyARegularFileIsMadeOrReplaced() throws Exception {
            Path base = copy("base.parquet");
            Path link = Files.createSymbolicLink(files.resolve("link"), files.resolve("nothing"));
            Path folder = Files.createDirectory(files.resolve("folder"));
            Map<String, String> expected = Map.of(
                    "/dev/null",
                    "it is not a regular file",
                    link.toString(),
                    "it is a symbolic link; name the file it points to",
                    folder.toString(),
                    "it is a folder",
                    folder.resolve("new") + "/",
                    "it names a folder",
                    "/",
                    "it names a folder",
                    files.resolve("missing/o").toString(),
                    "its folder does not exist");
            for (Map.Entry<String, String> each : expected.entrySet()) {
                assertEquals(
                        "agnes: OUT " + each.getKey() + " cannot be written: " + each.getValue(),
                        run(73, "merge", base, "-o", each.getKey()));
            }
            assertEquals("agnes: OUT '' cannot be written: the name is empty", run(73, "merge", base, "-o", ""));
            assertEquals(List.of("base.parquet", "folder", "link"), names());
        }

        @Test
        void aFolderThatTakesNoFileIsOneSentence() throws Exception {
            assumeTrue(Files.isDirectory(Path.of("/proc/self")));
            String said = run(73, "merge", copy("base.parquet"), "-o", "/proc/o.parquet");
            assertTrue(
                    said.startsWith("agnes: OUT /proc/o.parquet cannot be written: its folder cannot be written to: "),
                    said);
            assertFalse(said.contains("\n"), said);
        }

        @Test
        void theModeOfAReplacedFileStaysAndANewOneHasThatOfTheUmask() throws Exception {
            Path base = copy("base.parquet");
            Path umask = Files.createFile(files.resolve("umask"));
            Path out = files.resolve("new.parquet");
            run(0, "merge", base, "-o", out);
            assertEquals(Files.getPosixFilePermissions(umask), Files.getPosixFilePermissions(out));
            Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rw-rw----"));
            run(0, "merge", base, "-o", out);
            assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(out)));
        }

        @Test
        void aSignalToEndRemovesTheDraft() throws Exception {
            Path out = files.resolve("out.parquet");
            Path ready = scratch.resolve("ready");
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("jdk.module.path")
                                    + java.io.File.pathSeparator
                                    + Path.of(EndlessOutput.class
                                            .getProtectionDomain()
                                            .getCodeSource()
                                            .getLocation()
                                            .toURI())
                                    + java.io.File.pathSeparator
                                    + System.getProperty("agnes.project.dir") + "/agnes-server/target/test-classes",
                            EndlessOutput.class.getName(),
                            out.toString(),
                            ready.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(scratch.resolve("out.txt").toFile())
                    .start();
            try {
                while (process.isAlive() && !Files.exists(ready)) {
                    process.waitFor(10, java.util.concurrent.TimeUnit.MILLISECONDS);
                }
                assertEquals(1, names().size(), Files.readString(scratch.resolve("out.txt")));
                process.destroy();
                assertEquals(143, process.waitFor());
                assertEquals(List.of(), names());
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Nested
    class Messages {
        @Test
        void filesAreNamedByTheirPathAsGiven() throws Exception {
            Path one = copy("same_name/a/data.parquet", "a/data.parquet");
            Path other = copy("same_name/b/data.parquet", "b/data.parquet");
            String said = run(3, "plan", one, other);
            assertTrue(said.contains(other + " has another schema than the first part"), said);
            assertEquals(
                    other.toString(),
                    json(3, "plan", "--json", one, other)
                            .getJsonArray("reasons")
                            .getJsonObject(0)
                            .getString("part"));
        }

        @Test
        void whatCannotBeReadIsNamedWithItsCause() throws Exception {
            Path fifo = files.resolve("fifo");
            assertEquals(
                    0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
            assertEquals("agnes: file " + fifo + " cannot be read: it is not a regular file", run(1, "plan", fifo));
            Path none = files.resolve("none");
            assertEquals("agnes: file " + none + " cannot be read: it does not exist", run(1, "inspect", none));
            Path empty = Files.createDirectory(files.resolve("empty"));
            assertEquals("agnes: folder " + empty + " has no *.parquet file in it", run(1, "plan", empty));
        }

        @Test
        void aNameCannotCommandTheTerminal() throws Exception {
            Path bad = Files.writeString(files.resolve("\u001b[2Jx\ny"), "not Parquet at all");
            for (String command : List.of("plan", "inspect")) {
                String said = run(4, command, bad);
                assertFalse(said.contains("\u001b"), said);
                assertTrue(said.contains("\\u001b[2Jx\\ny is not a Parquet file"), said);
            }
        }

        @Test
        void exitCodesAreInTheHelpOfEachCommand() throws Exception {
            for (String command : List.of("plan", "merge", "inspect")) {
                String help = run(0, command, "--help");
                assertTrue(help.contains("Exit codes:"), help);
                assertTrue(help.lines().anyMatch(line -> line.matches("\\s+4\\s+.*")), help);
            }
        }
    }

    @Nested
    class Reports {
        @Test
        void filesOfPandasOfUnequalLengthAreMerged() throws Exception {
            Path one = copy("pandas_2rows.parquet");
            String said = run(0, "plan", one, copy("pandas_stop3.parquet"));
            assertTrue(said.contains("note: the pandas index is left out"), said);
            run(0, "merge", one, one, "-o", files.resolve("o"));
            String pandas = json(0, "inspect", "--json", files.resolve("o"))
                    .getJsonObject("key_values")
                    .getString("pandas");
            assertTrue(pandas.contains("\"stop\": 4"), pandas);
        }

        @Test
        void anotherWriterIsIgnoredWhenThatIsAskedFor() throws Exception {
            Path one = copy("i96.parquet");
            Path other = copy("i96b.parquet");
            assertTrue(run(3, "plan", one, other).contains("created_by"));
            String said = run(0, "merge", "--ignore-created-by", one, other, "-o", files.resolve("o"));
            assertTrue(said.contains("note: the parts have different writers"), said);
            assertTrue(run(3, "plan", "--force", one, other).contains("created_by"));
        }

        @Test
        void theFooterIsToldOfForPeopleAndForPrograms() throws Exception {
            Path file = copy("i96.parquet");
            String text = run(0, "inspect", file);
            for (String part : List.of(
                    "  writer.model.name = \"example\"",
                    "  id: required int32, field id 5, INTEGER",
                    "0 NULL, min \"1970-01-01T00:00:01.234567Z\"",
                    "BIT_PACKED PLAIN, column index, offset index",
                    "  0: 1 rows, 239 bytes")) {
                assertTrue(text.contains(part), text);
            }
            JsonObject json = json(0, "inspect", "--json", file);
            JsonObject id = json.getJsonArray("columns").getJsonObject(3);
            assertEquals(5, id.getInt("field_id"));
            assertFalse(id.getBoolean("nullable"));
            assertEquals(1, id.getInt("max"));
            JsonObject chunk = json.getJsonArray("groups")
                    .getJsonObject(0)
                    .getJsonArray("columns")
                    .getJsonObject(2);
            assertEquals("1970-01-01T00:00:01.234567Z", chunk.getString("min"));
            assertTrue(chunk.getBoolean("offset_index"));
        }

        @Test
        void theFileThatWasWrittenIsInTheJson() throws Exception {
            Path out = files.resolve("o");
            JsonObject copied = json(0, "merge", "--json", copy("base.parquet"), copy("base2.parquet"), "-o", out);
            assertEquals("mergeable", copied.getString("verdict"));
            assertFalse(copied.getBoolean("rewritten"));
            assertWritten(out, copied);
            JsonObject refused =
                    json(3, "merge", "--json", files.resolve("base.parquet"), copy("int64.parquet"), "-o", out);
            assertEquals("needs_rewrite", refused.getString("verdict"));
            assertFalse(refused.getBoolean("written"));
            assertEquals(3, refused.getInt("exit_code"));
            assertWritten(out, copied);
            JsonObject rewritten = json(
                    0,
                    "merge",
                    "--json",
                    "--rewrite",
                    files.resolve("base.parquet"),
                    files.resolve("int64.parquet"),
                    "-o",
                    out);
            assertEquals("rewritten", rewritten.getString("verdict"));
            assertTrue(rewritten.getBoolean("rewritten"));
            assertWritten(out, rewritten);
        }

        private void assertWritten(Path out, JsonObject report) throws Exception {
            FileDigests digests = FileDigests.of(out);
            assertTrue(report.getBoolean("written"));
            assertEquals(out.toString(), report.getString("out"));
            assertEquals(digests.length(), report.getInt("size_bytes"));
            assertEquals(digests.sha256(), report.getString("sha256"));
            assertEquals(0, report.getInt("exit_code"));
        }
    }
}
