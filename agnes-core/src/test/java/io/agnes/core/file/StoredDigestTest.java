// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredDigestTest {
    /** The check value of CRC-32C from the catalogue of CRC algorithms. */
    private static final String OF_123456789 = "e3069283";

    @Test
    void theChecksumOfAFileIsTheOneOfTheCatalogues(@TempDir Path dir) throws IOException, InterruptedException {
        Path file = Files.writeString(dir.resolve("file"), "123456789");
        assertEquals(new StoredDigest(9, OF_123456789), StoredDigest.of(file));
        assertEquals(new StoredDigest(0, "00000000"), StoredDigest.of(Files.createFile(dir.resolve("empty"))));
    }

    @Test
    void aChecksumNeverEqualsDigestsOfReadBytes(@TempDir Path dir) throws IOException, InterruptedException {
        Path file = Files.writeString(dir.resolve("file"), "123456789");
        List<ContentDigest> digests = List.of(StoredDigest.of(file), FileDigests.of(file));
        assertEquals(digests.getFirst().length(), digests.getLast().length());
        assertNotEquals(digests.getFirst(), digests.getLast());
    }

    @Test
    void anotherFormIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new StoredDigest(-1, OF_123456789));
        assertThrows(IllegalArgumentException.class, () -> new StoredDigest(9, "E3069283"));
        assertThrows(IllegalArgumentException.class, () -> new StoredDigest(9, "4waSgw=="));
    }
}
