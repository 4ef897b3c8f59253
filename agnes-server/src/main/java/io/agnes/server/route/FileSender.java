package io.agnes.server.route;

import io.agnes.core.Time;
import io.agnes.core.table.TableVersion;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends published files, whole or in part. The file is opened before anything is answered, so that one response carries
 * one version whatever is published meanwhile. At most {@value #MOST_AT_ONCE} at once, each with a buffer of 128 KiB; a
 * reader that takes not one byte in a minute is cut off.
 */
final class FileSender implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FileSender.class.getName());

    /** A thousand slow readers were served from a 256 MB heap with buffers of this order. */
    private static final int MOST_AT_ONCE = 1000;

    private static final int BUFFER_BYTES = 128 * 1024;
    private static final Duration LONGEST_STANDSTILL = Duration.ofSeconds(60);
    private static final Duration CHECK = Duration.ofSeconds(5);

    private record Transfer(Thread thread, AtomicLong movedAt) {}

    private final Path data;
    private final Time time;
    private final Set<Transfer> transfers = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("standstill").factory());

    /** @param data the directory below which versions lie */
    FileSender(Path data, Time time) {
        this.data = data;
        this.time = time;
        Future<?> untilClosed =
                watchdog.scheduleWithFixedDelay(this::cutOff, CHECK.toSeconds(), CHECK.toSeconds(), TimeUnit.SECONDS);
        assert !untilClosed.isDone();
    }

    private void cutOff() {
        for (Transfer transfer : transfers) {
            if (time.since(transfer.movedAt().get()).compareTo(LONGEST_STANDSTILL) > 0) {
                // A virtual thread that is interrupted while it writes to a socket closes the socket.
                transfer.thread().interrupt();
            }
        }
    }

    /** Ends the watch; transfers that go on end with their connections. */
    @Override
    public void close() {
        watchdog.shutdownNow();
    }

    /** @param ranges whether a {@code Range} header is to be honoured */
    void send(ServerRequest request, ServerResponse response, TableVersion version, boolean ranges) throws IOException {
        Transfer transfer = new Transfer(Thread.currentThread(), new AtomicLong(time.nanos()));
        if (transfers.size() >= MOST_AT_ONCE) {
            throw Problem.of(
                            ProblemCode.TOO_MANY_DOWNLOADS,
                            MOST_AT_ONCE + " downloads are going on, which is the bound.")
                    .with(HeaderValues.create(HeaderNames.RETRY_AFTER, "30"));
        }
        transfers.add(transfer);
        try (FileChannel file = FileChannel.open(data.resolve(version.path()), StandardOpenOption.READ)) {
            long size = file.size();
            if (size != version.digests().length()) {
                throw new IOException(version.path() + " has " + size + " bytes, not those that were published");
            }
            ByteRange.Slice slice = answer(request, response, version, ranges, size);
            if (request.prologue().method().equals(Method.HEAD)) {
                response.send();
            } else {
                deliver(file, slice, response, transfer);
            }
        } finally {
            transfers.remove(transfer);
        }
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

    /** Once the headers are under way a failure can only break the connection. */
    private void deliver(FileChannel file, ByteRange.Slice slice, ServerResponse response, Transfer transfer) {
        try {
            copy(file, slice, response, transfer);
        } catch (UncheckedIOException e) {
            throw new CloseConnectionException("the reader left, or was cut off", e);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "a download broke off", e);
            throw new CloseConnectionException("the file could not be read to its end", e);
        }
    }

    private void copy(FileChannel file, ByteRange.Slice slice, ServerResponse response, Transfer transfer)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try (OutputStream out = response.outputStream()) {
            for (long done = 0; done < slice.length(); ) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), slice.length() - done));
                int read = file.read(buffer, slice.offset() + done);
                if (read < 0) {
                    throw new EOFException("the file ended after " + (slice.offset() + done) + " bytes");
                }
                out.write(buffer.array(), 0, read);
                done += read;
                transfer.movedAt().set(time.nanos());
            }
        }
    }
}
