// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/** Reads requests. A body longer than {@value #IN_MEMORY_BYTES} bytes goes to a file. */
final class ExchangeReader {
    static final int IN_MEMORY_BYTES = 1 << 20;

    private final Path directory;
    private final long maxBodyBytes;
    private final Predicate<Request> unzips;

    /**
     * @param directory the place for long bodies; the caller deletes it
     * @param maxBodyBytes the longest body; a longer one is answered with 413
     * @param unzips whether a body with {@code Content-Encoding: gzip} is decompressed; asked before the body is read
     */
    ExchangeReader(Path directory, long maxBodyBytes, Predicate<Request> unzips) {
        this.directory = directory;
        this.maxBodyBytes = maxBodyBytes;
        this.unzips = unzips;
    }

    /** @throws ErrorResponseException 413 if the body is too long */
    Request read(HttpExchange exchange) throws IOException {
        Request head = new Request(
                exchange.getRequestMethod().toUpperCase(Locale.ROOT),
                exchange.getRequestURI().getRawPath(),
                exchange.getRequestURI().getRawQuery(),
                lowerCase(exchange.getRequestHeaders()),
                Content.empty());
        boolean zipped = "gzip".equals(head.header("content-encoding")) && unzips.test(head);
        InputStream body = exchange.getRequestBody();
        return head.withContent(content(zipped ? new GZIPInputStream(body) : body));
    }

    private static Map<String, List<String>> lowerCase(Map<String, List<String>> headers) {
        Map<String, List<String>> lower = new TreeMap<>();
        headers.forEach((name, values) -> lower.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
        return lower;
    }

    private Content content(InputStream body) throws IOException {
        byte[] start = body.readNBytes(IN_MEMORY_BYTES + 1);
        if (start.length <= IN_MEMORY_BYTES) {
            return new Content.Bytes(start);
        }
        Path file = Files.createTempFile(directory, "body-", "");
        long length = start.length;
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(start);
            byte[] buffer = new byte[128 << 10];
            for (int read = body.read(buffer); read >= 0 && length <= maxBodyBytes; read = body.read(buffer)) {
                out.write(buffer, 0, read);
                length += read;
            }
        } catch (IOException e) {
            Files.delete(file);
            throw e;
        }
        if (length > maxBodyBytes) {
            Files.delete(file);
            throw new ErrorResponseException(
                    Response.text(413, "text/plain", "The body is larger than " + maxBodyBytes + " bytes"));
        }
        return new Content.FileRange(file, 0, length);
    }

    /** Deletes the file of a body, if it has one. */
    static void discard(Request request) throws IOException {
        if (request.content() instanceof Content.FileRange body) {
            Files.deleteIfExists(body.file());
        }
    }
}
