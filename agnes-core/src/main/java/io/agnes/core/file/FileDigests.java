// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Length and digests of bytes that this program has read.
 *
 * @param length in bytes
 * @param md5 32 hex digits in lower case; for clients that compare it, proves nothing against an adversary; null if it was
 *     not computed
 * @param sha256 64 hex digits in lower case; identifies the content; null if it was not computed
 */
public record FileDigests(
        long length, @Nullable String md5, @Nullable String sha256) implements ContentDigest {
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final Pattern MD5 = Pattern.compile("\\A[0-9a-f]{32}\\z");
    private static final Pattern SHA256 = Pattern.compile("\\A[0-9a-f]{64}\\z");

    /** The algorithms. */
    public enum Algorithm {
        /** For programs that compare it. */
        MD5("MD5"),
        /** Identifies the content. Without instructions of the processor it costs as much as a download. */
        SHA_256("SHA-256");

        /** Both algorithms. */
        public static final Set<Algorithm> ALL = Set.of(values());

        private final String platformName;

        Algorithm(String platformName) {
            this.platformName = platformName;
        }

        /** A digest that has seen no bytes yet. */
        public MessageDigest start() {
            try {
                return MessageDigest.getInstance(platformName);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has " + platformName, e);
            }
        }
    }

    /** @throws IllegalArgumentException if a digest has another length or alphabet */
    public FileDigests {
        if (length < 0 || !isDigest(MD5, md5) || !isDigest(SHA256, sha256)) {
            throw new IllegalArgumentException("not digests of a file: " + length + ", " + md5 + ", " + sha256);
        }
    }

    private static boolean isDigest(Pattern pattern, @Nullable String digest) {
        return digest == null || pattern.matcher(digest).matches();
    }

    /** Reads a file once and computes all digests. An interrupt ends it between two reads. */
    public static FileDigests of(Path file) throws IOException, InterruptedException {
        return of(file, Algorithm.ALL);
    }

    /** Reads a file once and computes these digests. An interrupt ends it between two reads. */
    public static FileDigests of(Path file, Set<Algorithm> algorithms) throws IOException, InterruptedException {
        Map<Algorithm, MessageDigest> digests = new EnumMap<>(Algorithm.class);
        algorithms.forEach(algorithm -> digests.put(algorithm, algorithm.start()));
        byte[] buffer = new byte[BUFFER_BYTES];
        long length = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("digest of " + file.getFileName());
                }
                for (MessageDigest digest : digests.values()) {
                    digest.update(buffer, 0, read);
                }
                length += read;
            }
        }
        return of(length, digests);
    }

    /**
     * Finishes the digests and resets them.
     *
     * @param length the number of bytes that each of them has seen
     */
    public static FileDigests of(long length, Map<Algorithm, MessageDigest> digests) {
        return new FileDigests(length, hex(digests.get(Algorithm.MD5)), hex(digests.get(Algorithm.SHA_256)));
    }

    private static @Nullable String hex(@Nullable MessageDigest digest) {
        return digest == null ? null : HexFormat.of().formatHex(digest.digest());
    }

    /** @throws IllegalStateException if it was not computed */
    @Override
    public String md5() {
        return computed(Algorithm.MD5, md5);
    }

    /** @throws IllegalStateException if it was not computed */
    @Override
    public String sha256() {
        return computed(Algorithm.SHA_256, sha256);
    }

    private static String computed(Algorithm algorithm, @Nullable String digest) {
        if (digest == null) {
            throw new IllegalStateException("the digest " + algorithm + " was not asked for");
        }
        return digest;
    }

    /** The algorithms that were computed. */
    public Set<Algorithm> algorithms() {
        Set<Algorithm> algorithms = EnumSet.noneOf(Algorithm.class);
        if (md5 != null) {
            algorithms.add(Algorithm.MD5);
        }
        if (sha256 != null) {
            algorithms.add(Algorithm.SHA_256);
        }
        return algorithms;
    }
}
