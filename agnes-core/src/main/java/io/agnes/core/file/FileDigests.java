package io.agnes.core.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Length and digests of one file.
 *
 * @param length in bytes
 * @param md5 32 hex digits in lower case; kept for clients that compare it, proves nothing against an adversary
 * @param sha256 64 hex digits in lower case; the identity of the content
 */
public record FileDigests(long length, String md5, String sha256) {
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final Pattern MD5 = Pattern.compile("\\A[0-9a-f]{32}\\z");
    private static final Pattern SHA256 = Pattern.compile("\\A[0-9a-f]{64}\\z");

    /** @throws IllegalArgumentException if a digest has another length or alphabet */
    public FileDigests {
        if (length < 0 || !MD5.matcher(md5).matches() || !SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException("not digests of a file: " + length + ", " + md5 + ", " + sha256);
        }
    }

    /** Reads the file once. An interrupt ends it between two reads. */
    public static FileDigests of(Path file) throws IOException, InterruptedException {
        MessageDigest md5 = digest("MD5");
        MessageDigest sha256 = digest("SHA-256");
        byte[] buffer = new byte[BUFFER_BYTES];
        long length = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("digest of " + file.getFileName());
                }
                md5.update(buffer, 0, read);
                sha256.update(buffer, 0, read);
                length += read;
            }
        }
        return new FileDigests(length, hex(md5.digest()), hex(sha256.digest()));
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }

    private static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }
}
