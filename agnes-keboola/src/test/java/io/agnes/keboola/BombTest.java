// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.testkit.FakeKeboola;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Answers that are designed to fill the memory. The process has twice the memory that the longest permitted answer
 * needs. A client that uses more fails with another error than the expected one.
 */
@Tag("process")
class BombTest {
    private static final String TABLE = "in.c-t.bomb";
    private static final String HEAP = "-Xmx128m";
    /** Each takes at most one second on an idle machine; a busy machine may be slower. */
    private static final int MOST_MILLIS = 20_000;

    @TempDir
    Path directory;

    record Bomb(String name, ExportFileType fileType, String code, Consumer<FakeKeboola> armed) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Bomb> bombs() {
        return Stream.of(
                parquet("none", "1 rows", keboola -> {}),
                parquet(
                        "a table of 80 MB of spaces",
                        "export_too_large",
                        keboola -> keboola.onTable().replace(spaces("{\"id\":")).always()),
                parquet(
                        "a table a hundred thousand lists deep",
                        "answer_unreadable",
                        keboola -> keboola.onTable().replace(lists()).always()),
                parquet(
                        "a manifest of 80 MB",
                        "export_too_large",
                        keboola -> keboola.onManifest()
                                .replace(spaces("{\"entries\":["))
                                .always()),
                parquet(
                        "a manifest of a million entries",
                        "export_too_large",
                        keboola ->
                                keboola.onManifest().rewrite(BombTest::aMillion).always()),
                parquet(
                        "a manifest a hundred thousand lists deep",
                        "manifest_invalid",
                        keboola -> keboola.onManifest().replace(lists()).always()),
                parquet(
                        "a footer of two billion row groups",
                        "slices_unmergeable",
                        keboola -> keboola.onSlice().replace(footer()).always()),
                new Bomb(
                        "text a thousand times longer",
                        ExportFileType.CSV,
                        "export_too_large",
                        keboola -> keboola.table(TABLE).fromCsvSlices(List.of("id"), List.of(zeros()))));
    }

    private static Bomb parquet(String name, String code, Consumer<FakeKeboola> armed) {
        return new Bomb(name, ExportFileType.PARQUET, code, armed);
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void aBombIsRefusedInTimeAndInLittleMemory(Bomb bomb) throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().jobPolls(0).start()) {
            keboola.table(TABLE).columns("id").row("1");
            bomb.armed.accept(keboola);
            String[] said = run(keboola, bomb.fileType).split(" (?=\\d+$)", 2);
            assertEquals(bomb.code, said[0]);
            assertTrue(Integer.parseInt(said[1]) < MOST_MILLIS, said[1] + " ms");
        }
    }

    private String run(FakeKeboola keboola, ExportFileType fileType) throws Exception {
        String path = Stream.of(
                        System.getProperty("jdk.module.path", ""),
                        System.getProperty("java.class.path"),
                        Path.of("target", "test-classes").toString())
                .filter(entry -> !entry.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
        Path errors = directory.resolve("errors.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        HEAP,
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        path,
                        BombRun.class.getName(),
                        keboola.stackUrl().toString(),
                        keboola.token(),
                        directory.resolve("draft").toString(),
                        fileType.name(),
                        TABLE)
                .redirectError(errors.toFile())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, process.waitFor(), said + Files.readString(errors));
        return said;
    }

    private static byte[] spaces(String start) {
        byte[] bytes = new byte[80 << 20];
        Arrays.fill(bytes, (byte) ' ');
        byte[] head = start.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(head, 0, bytes, 0, head.length);
        return bytes;
    }

    private static byte[] lists() {
        return "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);
    }

    private static String aMillion(String manifest) {
        String entry = "{\"url\":\""
                + manifest.replaceAll(".*?\"url\":\"([^\"]*)\".*", "$1").replace("\\/", "/");
        StringBuilder text = new StringBuilder("{\"entries\":[");
        // The shortest names that differ.
        String prefix = entry.replaceAll("_0_0_0.*", "");
        for (int i = 0; text.length() < 60 << 20 && i < 1_000_000; i++) {
            text.append(i == 0 ? "" : ",").append(prefix).append(i).append("\"}");
        }
        return text.append("]}").toString();
    }

    /** A version, and then a list of structures with the longest possible declared length. */
    private static byte[] footer() {
        byte[] thrift = {0x15, 0x02, 0x49, (byte) 0xfc, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07};
        byte[] magic = "PAR1".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer file = ByteBuffer.allocate(12 + thrift.length).order(ByteOrder.LITTLE_ENDIAN);
        return file.put(magic).put(thrift).putInt(thrift.length).put(magic).array();
    }

    /** The testkit reads the file too, so it is only large enough to exceed the bound. */
    private static Path zeros() {
        byte[] zeros = new byte[1 << 20];
        Arrays.fill(zeros, (byte) '0');
        zeros[zeros.length - 1] = '\n';
        try {
            Path file = Files.createTempFile("bomb-", ".csv.gz");
            file.toFile().deleteOnExit();
            try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
                for (int i = 0; i < 200; i++) {
                    gzip.write(zeros);
                }
            }
            return file;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
