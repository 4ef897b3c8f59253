// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Secret;
import io.agnes.core.store.ObjectPart;
import io.agnes.testkit.FakeKeboola;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies that end early, at every position where a boundary could hide the loss. */
@Tag("slow")
class TruncationTest {
    private static final int BORDER_BYTES = 64 * 1024;
    private static final int BYTES = 9 * BORDER_BYTES + 1_234;
    /** The rows of a text slice. A compressed slice is read in one pass. */
    private static final int ROWS = 4_000;

    private static final Duration IDLE = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(RawStore.Framing.class)
    void aBodyThatEndsTooSoonGoesOnAtTheNextByte(RawStore.Framing framing) throws Exception {
        byte[] object = noise(BYTES);
        assertResumes(object, framing, false);
    }

    /** A store may mark compressed objects as compressed. The bytes are still those of the object. */
    @ParameterizedTest
    @EnumSource(RawStore.Framing.class)
    void aCompressedOneToo(RawStore.Framing framing) throws Exception {
        assertResumes(gzip(noise(BYTES)), framing, true);
    }

    private static void assertResumes(byte[] object, RawStore.Framing framing, boolean sayGzip) throws Exception {
        try (RawStore store = new RawStore(object, framing);
                Transport transport = HelidonTransport.of(IDLE, true)) {
            if (sayGzip) {
                store.sayGzip();
            }
            for (int at : places(object.length)) {
                store.cut(at, 1);
                ObjectPart slice = open(store, transport);
                assertArrayEquals(object, read(slice), framing + " cut at " + at);
                assertEquals(object.length, slice.length());
                assertTrue(store.connections() <= 4, store.connections() + " connections");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(RawStore.Framing.class)
    void oneThatAlwaysEndsThereIsAnErrorThatSaysWhere(RawStore.Framing framing) throws Exception {
        byte[] object = noise(BYTES);
        try (RawStore store = new RawStore(object, framing);
                Transport transport = HelidonTransport.of(IDLE, true)) {
            for (int at : List.of(0, 1, BORDER_BYTES, 3 * BORDER_BYTES - 1)) {
                store.cut(Integer.MAX_VALUE, 0);
                ObjectPart slice = open(store, transport);
                store.cut(at, Integer.MAX_VALUE);
                KeboolaException e = assertThrows(KeboolaException.class, () -> read(slice));
                assertEquals("slice_cut", e.code());
                assertTrue(String.valueOf(e.getMessage()).contains("found " + at + " "), e.getMessage());
            }
        }
    }

    static IntStream gzipPlaces() {
        return IntStream.of(0, 1, 2, 9, 10, 11, 4096, 32_768, -9, -8, -4, -1);
    }

    /** The object in the store itself is truncated, and the store reports that length. */
    @ParameterizedTest
    @MethodSource("gzipPlaces")
    void anObjectThatIsTooShortItselfIsNoTable(int place) throws Exception {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Path file = directory.resolve("slice-" + i + ".csv.gz");
            Files.write(file, gzip(text(i)));
            files.add(file);
        }
        byte[] whole = Files.readAllBytes(files.get(1));
        byte[] cut = Arrays.copyOf(whole, place < 0 ? whole.length + place : place);
        try (FakeKeboola keboola = FakeKeboola.start();
                Exports exports = Exports.csv(keboola, directory)) {
            keboola.table("in.c-t.cut")
                    .fromCsvSlices(List.of("id", "cell"), files)
                    .rowsCount(3L * ROWS);
            keboola.onSlice(1).replace(cut).always();
            KeboolaException e = assertThrows(KeboolaException.class, () -> exports.all("in.c-t.cut"));
            assertTrue(
                    List.of("slice_damaged", "rows_lost", "conversion_failed").contains(e.code()), e.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "4096", "-1", "-4", "-8", "-200"})
    void aParquetObjectThatIsTooShortIsNoTable(int place) throws Exception {
        BigSlices slices = BigSlices.write(directory, 3, 500);
        byte[] whole = Files.readAllBytes(directory.resolve("slice-1.parquet"));
        byte[] cut = Arrays.copyOf(whole, place < 0 ? whole.length + place : place);
        try (FakeKeboola keboola = slices.seed(FakeKeboola.start());
                Exports exports = Exports.of(keboola, directory)) {
            keboola.onSlice(1).replace(cut).always();
            KeboolaException e = assertThrows(KeboolaException.class, () -> exports.all(BigSlices.TABLE));
            assertEquals("slices_unmergeable", e.code());
        }
    }

    private static List<Integer> places(int length) {
        List<Integer> places = new ArrayList<>(List.of(0, 1, length - 1));
        for (int border = BORDER_BYTES; border < length; border += BORDER_BYTES) {
            places.addAll(List.of(border - 1, border, Math.min(border + 1, length - 1)));
        }
        return places;
    }

    private static ObjectPart open(RawStore store, Transport transport) throws Exception {
        HurriedTime time = new HurriedTime();
        ExportFile file = new ExportFile(
                "1", true, new GoogleLocation(store.endpoint(), "bucket", "key", Secret.of("token"), IDLE));
        Transport retrying = RetryingTransport.of(transport, Duration.ofMinutes(2), time, new Random(1));
        ObjectReader reader = new ObjectReader(file, id -> file, retrying, time);
        return ObjectPart.open(new SliceObject(reader, "key_0_0_0"), time, IDLE, Slices.TAIL_BYTES);
    }

    private static byte[] read(ObjectPart slice) throws IOException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        slice.transferTo(0, slice.length(), Channels.newChannel(out));
        return out.toByteArray();
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] text(int slice) {
        StringBuilder text = new StringBuilder();
        Random random = new Random(slice);
        for (int i = 0; i < ROWS; i++) {
            text.append(slice * ROWS + i)
                    .append(",\"")
                    .append(random.nextLong())
                    .append("\"\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
