// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.CoreException;
import io.agnes.core.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Predicate;

/** The file in the data directory that contains the first token if standard output is not a terminal. */
final class FirstTokenFile {
    static final String NAME = "first-token";

    private static final int LONGEST = 4096;
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;

    FirstTokenFile(Path file) {
        this.file = file;
    }

    /** Replaces the file. Only its owner can read it, from its creation on. */
    void write(Secret token) {
        try {
            Files.deleteIfExists(file);
            try (FileChannel channel = FileChannel.open(
                            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE);
                    OutputStream out = Channels.newOutputStream(channel)) {
                out.write((token.reveal() + "\n").getBytes(StandardCharsets.US_ASCII));
                channel.force(true);
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /** Removes the file unless its token is still good. */
    void removeUnless(Predicate<Secret> good) {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            String token = new String(in.readNBytes(LONGEST), StandardCharsets.US_ASCII).strip();
            if (token.isEmpty() || !good.test(Secret.of(token))) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private CoreException unusable(IOException e) {
        return CoreException.directoryUnusable("data directory", file.resolveSibling(""), CoreException.reason(e));
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
