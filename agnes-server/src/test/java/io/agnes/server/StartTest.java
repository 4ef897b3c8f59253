// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.AgnesException;
import io.agnes.core.sync.SyncConfig;
import io.agnes.server.settings.Settings;
import io.agnes.server.settings.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start does to existing files. */
class StartTest {
    @TempDir
    private Path directory;

    private static AgnesServer start(Path data, Path temp) throws IOException {
        return AgnesServer.start(
                new Settings(
                        data,
                        temp,
                        "127.0.0.1",
                        0,
                        Optional.empty(),
                        SyncConfig.of(),
                        Sources.of(new ScriptedSource().configured())),
                new ManualTime(Served.START));
    }

    private static Map<Path, FileTime> files(Path root) throws IOException {
        Map<Path, FileTime> times = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                times.put(file, Files.getLastModifiedTime(file));
            }
        }
        return times;
    }

    @Test
    void filesOfOthersInTheTempDirStay() throws IOException {
        Path temp = Files.createDirectories(directory.resolve("temp"));
        Files.writeString(temp.resolve("letter"), "of another program");
        for (int start = 0; start < 2; start++) {
            start(directory.resolve("data"), temp).close();
        }
        assertEquals("of another program", Files.readString(temp.resolve("letter")));
    }

    @Test
    void aTempDirThatHoldsTheDataIsRefusedAndNothingIsLost() throws IOException {
        Path data = directory.resolve("data");
        start(data, data.resolve("tmp")).close();
        Map<Path, FileTime> before = files(data);
        before.remove(data.resolve("lock"));
        for (Path wrong : List.of(data, directory, Files.createSymbolicLink(directory.resolve("link"), data))) {
            AgnesException refused = assertThrows(AgnesException.class, () -> start(data, wrong));
            assertEquals("directory_unusable", refused.code());
        }
        Map<Path, FileTime> after = files(data);
        after.remove(data.resolve("lock"));
        assertEquals(before, after);
    }

    @Test
    void aSecondStartTouchesNothingOfTheFirst() throws IOException {
        Path data = directory.resolve("data");
        AgnesServer first = start(data, data.resolve("tmp"));
        try {
            Path draft = Files.createDirectories(ScratchFiles.folder(data).resolve("draft-1"));
            Files.writeString(draft.resolve("slice"), "at work");
            Map<Path, FileTime> before = files(data);
            AgnesException held = assertThrows(AgnesException.class, () -> start(data, data.resolve("tmp")));
            assertEquals("directory_held", held.code());
            assertEquals(before, files(data));
            assertTrue(Files.exists(draft.resolve("slice")));
        } finally {
            first.close();
        }
    }
}
