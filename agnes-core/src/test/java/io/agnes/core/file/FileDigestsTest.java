// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.agnes.core.file.FileDigests.Algorithm;
import io.agnes.core.sync.TableSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDigestsTest {
    // RFC 1321, section A.5, and the one-block example of FIPS 180-4.
    private static final String MD5_OF_ABC = "900150983cd24fb0d6963f7d28e17f72";
    private static final String SHA_256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    Path directory;

    private Path file = Path.of("abc");

    @BeforeEach
    void write() throws Exception {
        file = Files.writeString(directory.resolve("abc"), "abc");
    }

    @Test
    void bothAreTakenUnlessOneIsAskedFor() throws Exception {
        assertEquals(new FileDigests(3, MD5_OF_ABC, SHA_256_OF_ABC), FileDigests.of(file));
        assertEquals(new FileDigests(3, MD5_OF_ABC, null), FileDigests.of(file, Set.of(Algorithm.MD5)));
        assertEquals(new FileDigests(3, null, SHA_256_OF_ABC), FileDigests.of(file, Set.of(Algorithm.SHA_256)));
        assertEquals(Algorithm.ALL, FileDigests.of(file).algorithms());
    }

    @Test
    void oneThatWasNotTakenIsNamed() throws Exception {
        FileDigests sha256 = FileDigests.of(file, Set.of(Algorithm.SHA_256));

        IllegalStateException failure = assertThrows(IllegalStateException.class, sha256::md5);

        assertEquals("the digest MD5 was not asked for", failure.getMessage());
    }

    @Test
    void whatIsNoDigestIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new FileDigests(-1, MD5_OF_ABC, SHA_256_OF_ABC));
        assertThrows(IllegalArgumentException.class, () -> new FileDigests(3, SHA_256_OF_ABC, null));
        assertThrows(
                IllegalArgumentException.class, () -> new FileDigests(3, null, MD5_OF_ABC.toUpperCase(Locale.ROOT)));
    }

    @Test
    void aTableForAVersionNeedsAll() throws Exception {
        FileDigests md5 = FileDigests.of(file, Set.of(Algorithm.MD5));

        assertThrows(IllegalArgumentException.class, () -> new TableSource.Fetched.Table(1, md5, null));
    }
}
