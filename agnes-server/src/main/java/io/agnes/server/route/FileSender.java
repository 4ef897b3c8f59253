// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.composite.Part;
import io.agnes.core.table.TableVersion;
import io.agnes.core.version.VersionStore;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.audit.Usage;
import io.agnes.server.connection.Limits;
import io.agnes.server.connection.Shares;
import io.agnes.server.connection.TransferBuffers;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Sends the content of versions, whole or in part. The content is opened before the response begins, so that one response
 * carries one version whatever is published meanwhile. The connection closes under a reader that does not take what is
 * written.
 */
final class FileSender {
    private static final System.Logger LOG = System.getLogger(FileSender.class.getName());
    private static final int FIRST_WRITE_BYTES = 8 * 1024;
    private static final Header RETRY_AFTER = HeaderValues.create(HeaderNames.RETRY_AFTER, "30");

    private final VersionStore versions;
    private final Usage usage;
    private final Shares transfers;
    private final TransferBuffers buffers = new TransferBuffers();

    FileSender(VersionStore versions, Limits limits, Usage usage) {
        this.versions = versions;
        this.usage = usage;
        this.transfers = new Shares(limits.downloads(), limits.downloadsPerUser());
    }

    /** @param ranges whether a {@code Range} header is to be honoured */
    void send(ServerRequest request, ServerResponse response, TableVersion version, boolean ranges)
            throws IOException, InterruptedException {
        String user = Requests.identity(request).user().value();
        switch (transfers.take(user, 1)) {
            case TAKEN -> {}
            case SHARE_USED ->
                throw tooMany(transfers.mostOfOne() + " downloads of one user are going on, which is the bound.");
            case ALL_USED -> throw tooMany(transfers.most() + " downloads are going on, which is the bound.");
        }
        try (Part content = versions.open(version)) {
            long size = content.length();
            if (size != version.digest().length()) {
                throw new IOException(version.name() + " has " + size + " bytes, not those that were published");
            }
            ByteRange.Slice slice = answer(request, response, version, ranges, size);
            if (request.prologue().method().equals(Method.HEAD)) {
                response.send();
            } else {
                usage.downloaded(user, version.table().value());
                deliver(content, slice, response);
            }
        } finally {
            transfers.give(user, 1);
        }
    }

    private static Problem tooMany(String detail) {
        return Problem.of(ProblemCode.TOO_MANY_DOWNLOADS, detail).with(RETRY_AFTER);
    }

    /** Sets status and headers; which bytes are to follow. */
    private static ByteRange.Slice answer(
            ServerRequest request, ServerResponse response, TableVersion version, boolean ranges, long size) {
        String header = ranges && request.headers().contains(HeaderNames.RANGE)
                ? request.headers().get(HeaderNames.RANGE).get()
                : "";
        response.headers().set(HeaderNames.ACCEPT_RANGES, "bytes");
        ByteRange.Slice slice = switch (ByteRange.of(header, size)) {
            case ByteRange.Whole whole -> new ByteRange.Slice(0, size);
            case ByteRange.Slice part -> {
                response.status(Status.PARTIAL_CONTENT_206);
                long last = part.offset() + part.length() - 1;
                response.headers().set(HeaderNames.CONTENT_RANGE, "bytes " + part.offset() + "-" + last + "/" + size);
                yield part;
            }
            case ByteRange.Unsatisfiable none -> {
                throw Problem.of(ProblemCode.RANGE_NOT_SATISFIABLE, "The file has " + size + " bytes.")
                        .with(HeaderValues.create(HeaderNames.CONTENT_RANGE, "bytes */" + size));
            }
        };
        response.headers().set(HeaderNames.CONTENT_TYPE, "application/octet-stream");
        response.headers()
                .set(HeaderNames.CONTENT_DISPOSITION, "attachment; filename=\"" + version.table() + ".parquet\"");
        response.headers().set(HeaderNames.CONTENT_LENGTH, Long.toString(slice.length()));
        return slice;
    }

    /** Sends the bytes. Once the headers are under way a failure can only break the connection. */
    void deliver(Part content, ByteRange.Slice slice, ServerResponse response) {
        try {
            buffers.lend(buffer -> copy(content, slice, response, buffer));
        } catch (UncheckedIOException | ServerConnectionException e) {
            throw new CloseConnectionException("the reader left, or was cut off", e);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "a download broke off", e);
            throw new CloseConnectionException("the file could not be read to its end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CloseConnectionException("the download was interrupted", e);
        }
    }

    /** The first write is a small one, since the server copies it behind the headers. */
    private static void copy(Part content, ByteRange.Slice slice, ServerResponse response, byte[] bytes)
            throws IOException, InterruptedException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try (OutputStream out = response.outputStream()) {
            int size = Math.min(FIRST_WRITE_BYTES, bytes.length);
            for (long done = 0; done < slice.length(); size = bytes.length) {
                buffer.clear().limit((int) Math.min(size, slice.length() - done));
                try {
                    content.read(slice.offset() + done, buffer);
                } catch (EOFException e) {
                    out.write(bytes, 0, buffer.position());
                    throw e;
                }
                out.write(bytes, 0, buffer.position());
                done += buffer.position();
            }
        }
    }
}
