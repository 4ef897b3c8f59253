// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static io.agnes.server.Served.check;
import static io.agnes.server.Served.download;
import static io.agnes.server.Served.outcome;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException;
import io.agnes.core.sync.TableSource;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A version with a changed file is not served by any route, and the next run replaces it. */
@Tag("slow")
class DamagedVersionTest {
    /** Damage that a disk or another user may do to a file. */
    enum Damage {
        FLIPPED_BYTE {
            @Override
            void to(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 1;
                Files.write(file, bytes);
            }
        },
        CUT {
            @Override
            void to(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                FileTime modified = Files.getLastModifiedTime(file);
                Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
                Files.setLastModifiedTime(file, modified);
            }
        },
        DELETED {
            @Override
            void to(Path file) throws IOException {
                Files.delete(file);
            }
        },
        LINK {
            @Override
            void to(Path file) throws IOException {
                Path moved = Files.move(file, file.resolveSibling("moved"));
                Files.createSymbolicLink(file, moved);
            }
        };

        abstract void to(Path file) throws IOException;
    }

    @TempDir
    private Path data;

    private Served served;

    @BeforeEach
    void start() throws IOException {
        served = Served.over(data);
        served.register("orders").grant("orders");
        served.source.holds("orders", "SELECT 1 AS n", "import-1");
        served.sync("orders");
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private Path current() throws IOException {
        return data.resolve(served.get(served.analyst, check("orders")).header("x-agnes-file"));
    }

    private Reply ready() throws IOException {
        return served.wire.send("GET", "/health/ready");
    }

    private JsonObject manifest() throws IOException {
        return served.get(served.analyst, "/api/sync/manifest")
                .json()
                .getJsonObject("tables")
                .getJsonObject("orders");
    }

    private void assertRed() throws IOException {
        assertEquals(503, ready().status());
        assertEquals(
                "[\"quarantined: orders\"]",
                ready().json().getJsonArray("reasons").toString());
        assertEquals("quarantined", manifest().getString("freshness"));
    }

    private void assertHealed() throws IOException {
        assertEquals("published", outcome(served.sync("orders"), "orders"), "though the source did not change");
        assertEquals(200, ready().status());
        assertEquals("fresh", manifest().getString("freshness"));
        Reply reply = served.get(served.analyst, download("orders"));
        assertEquals(200, reply.status());
        assertArrayEquals(Files.readAllBytes(current()), reply.body());
        assertEquals("unchanged", outcome(served.sync("orders"), "orders"));
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void itIsNotServedTheTableIsRedAndTheNextRunBringsItAgain(Damage damage) throws IOException {
        Path file = current();
        damage.to(file);
        Reply reply = served.get(served.analyst, download("orders"));
        Problems.check(reply, 503, "version_quarantined");
        Reply access = served.get(served.analyst, check("orders"));
        assertEquals(204, access.status());
        assertFalse(access.has("x-agnes-file"), "the proxy must not be told of the file");
        assertFalse(Files.exists(file), "no name that is served");
        assertRed();
        assertHealed();
        assertNotEquals(file, current());
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void aRunFindsItByItself(Damage damage) throws IOException {
        damage.to(current());
        assertHealed();
    }

    @Test
    void readinessFindsAMissingFileWithoutARequestForIt() throws IOException {
        Files.delete(current());
        assertRed();
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void theVersionBeforeIsServedInItsPlaceAndIsNotRetired(Damage damage) throws IOException {
        byte[] first = Files.readAllBytes(current());
        served.publish("orders", "SELECT 2 AS n");
        damage.to(current());
        Reply reply = served.get(served.analyst, download("orders"));
        assertEquals(200, reply.status());
        assertArrayEquals(first, reply.body());
        assertRed();
        assertEquals(manifest().getString("etag"), reply.header("etag"));
        served.time.advance(Duration.ofDays(3));
        served.source.does("orders", (table, marker, draft) -> {
            throw new IOException("No space left on device");
        });
        served.sync("orders");
        assertArrayEquals(first, served.get(served.analyst, download("orders")).body());
        assertRed();
        served.source.holds("orders", "SELECT 1 AS n", "import-1");
        assertHealed();
        assertTrue(current().getFileName().toString().startsWith("3-"));
    }

    @Test
    void whatIsQuarantinedStaysSoAfterARestartAndIsRetiredOnceItIsReplaced() throws IOException {
        Path file = current();
        Damage.FLIPPED_BYTE.to(file);
        assertEquals(503, served.get(served.analyst, download("orders")).status());
        assertRed();
        served.close();
        served = Served.over(data);
        assertRed();
        List<Path> aside = aside(file);
        assertEquals(1, aside.size(), "the damaged file is kept for inspection");
        served.source.holds("orders", "SELECT 1 AS n", "import-1");
        assertHealed();
        served.time.advance(Duration.ofDays(3));
        served.sync("orders");
        assertEquals(List.of(), aside(file));
    }

    private static List<Path> aside(Path file) throws IOException {
        try (Stream<Path> files = Files.list(file.getParent())) {
            return files.filter(name -> name.toString().endsWith(".quarantined"))
                    .toList();
        }
    }

    @Test
    void aFileThatWasOnlyTouchedIsReadOnceAndGetsItsTimeBack() throws IOException {
        Path file = current();
        FileTime published = Files.getLastModifiedTime(file);
        byte[] bytes = Files.readAllBytes(file);
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        Reply reply = served.get(served.analyst, download("orders"));
        assertEquals(200, reply.status());
        assertArrayEquals(bytes, reply.body());
        assertEquals(published, Files.getLastModifiedTime(file));
        assertEquals(200, ready().status());
        assertEquals("unchanged", outcome(served.sync("orders"), "orders"));
    }

    @Test
    void aDirectoryThatBecameALinkIsNotFollowed(@TempDir Path elsewhere) throws IOException {
        Path folder = current().getParent();
        Path moved = Files.move(folder, elsewhere.resolve("orders"));
        Files.createSymbolicLink(folder, moved);
        Problems.check(served.get(served.analyst, download("orders")), 503, "version_quarantined");
        assertFalse(served.get(served.analyst, check("orders")).has("x-agnes-file"));
        assertEquals(List.of(), aside(moved.resolve("x")), "nothing is renamed where the link leads");
    }

    @Test
    void aSourceThatSendsNothingIsNotUnchanged() throws IOException {
        Files.delete(current());
        served.source.does("orders", (table, marker, draft) -> new TableSource.Fetched.Unchanged());
        assertEquals("failed", outcome(served.sync("orders"), "orders"));
        assertRed();
    }

    @Nested
    class PlainNames {
        private Path plain() {
            return data.resolve("extracts/keboola/data/orders.parquet");
        }

        @Test
        void whoWritesToOneChangesNoVersionAndTheNextRunRenewsIt() throws IOException {
            byte[] bytes = Files.readAllBytes(current());
            Files.write(plain(), new byte[] {1}, StandardOpenOption.APPEND);
            assertArrayEquals(
                    bytes, served.get(served.analyst, download("orders")).body());
            assertEquals(200, ready().status());
            served.sync("orders");
            assertArrayEquals(bytes, Files.readAllBytes(plain()));
        }

        @Test
        void aHardLinkOfAnEarlierProgramBecomesACopyAtTheStart() throws IOException {
            Files.delete(plain());
            Files.createLink(plain(), current());
            Path version = current();
            served.close();
            served = Served.over(data);
            assertFalse(Files.isSameFile(plain(), version));
            assertArrayEquals(Files.readAllBytes(version), Files.readAllBytes(plain()));
        }
    }

    @Test
    void versionsThatANewRegistryDoesNotKnowStay() throws IOException {
        Path file = current();
        byte[] bytes = Files.readAllBytes(file);
        served.close();
        for (String name : List.of("", ".wal", ".journal", ".snapshot")) {
            Files.deleteIfExists(data.resolve("registry.duckdb" + name));
        }
        AgnesException refused = assertThrows(AgnesException.class, () -> Served.over(data));
        assertEquals("registry_incomplete", refused.code());
        String word = refused.getMessage().replaceAll(".* --registry.accept-loss ", "");
        served = Served.accepting(data, word);
        served.time.advance(Duration.ofHours(1));
        served.register("orders").grant("orders");
        assertArrayEquals(bytes, Files.readAllBytes(file));
        served.publish("orders", "SELECT 7 AS n");
        served.close();
        served = Served.over(data);
        assertArrayEquals(bytes, Files.readAllBytes(file));
    }
}
