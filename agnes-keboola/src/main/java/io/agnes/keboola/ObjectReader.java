// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Time;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Reads the objects of one export. When the store refuses the credentials, one new lookup of the file renews them for all
 * readers. Safe for use by several threads.
 */
final class ObjectReader {
    /** If fresh credentials are refused too, age is not the reason. */
    private static final int RENEWALS_OF_A_READ = 2;

    private static final int ERROR_BYTES = 8 * 1024;
    private static final int NOT_FOUND = 404;

    /** Looks a file up again. */
    @FunctionalInterface
    interface Lookup {
        /** The file with fresh credentials. */
        ExportFile file(String id) throws InterruptedException;
    }

    private final Transport transport;
    private final Time time;
    private final Lookup lookup;
    private final AtomicReference<Credentials> current;

    /** @param transport retries by itself */
    ObjectReader(ExportFile file, Lookup lookup, Transport transport, Time time) {
        this.lookup = lookup;
        this.transport = transport;
        this.time = time;
        this.current = new AtomicReference<>(new Credentials(file));
    }

    /** The location of the objects. */
    StorageLocation location() {
        return current.get().file.location();
    }

    /** Reads a whole object of at most {@code limitBytes} into memory; the stream need not be closed. */
    InputStream whole(String object, int limitBytes) throws InterruptedException {
        return read(object, "", limitBytes).body();
    }

    /**
     * Requests a range. The response has status 200, 206 or 416; the caller closes it.
     *
     * @param range the value of the header
     * @throws KeboolaException if every attempt failed
     */
    Transport.Response read(String object, String range) throws InterruptedException {
        return read(object, range, 0);
    }

    private Transport.Response read(String object, String range, int wholeBytes) throws InterruptedException {
        for (int renewals = 0; ; renewals++) {
            Credentials used = current.get();
            try {
                Transport.Response response = transport.send(
                        used.file.location().read(object, range, time.now()).whole(wholeBytes));
                if (isContent(response.status())) {
                    return response;
                }
                fail(object, response, used, renewals);
            } catch (IOException e) {
                throw KeboolaException.unreachable("slice " + object, e);
            }
            renew(used);
        }
    }

    private static boolean isContent(int status) {
        return status == 200 || status == 206 || status == 416;
    }

    /** Throws, unless new credentials may help. */
    private static void fail(String object, Transport.Response response, Credentials used, int renewals)
            throws IOException {
        String body;
        try (response) {
            body = new String(response.body().readNBytes(ERROR_BYTES), StandardCharsets.UTF_8);
        }
        int status = response.status();
        if (!used.file.location().mayBeExpired(status, body)) {
            throw refused(object, status);
        }
        if (renewals >= RENEWALS_OF_A_READ) {
            throw KeboolaException.storageDenied(object, status);
        }
    }

    private static KeboolaException refused(String object, int status) {
        return switch (status) {
            case NOT_FOUND -> KeboolaException.sliceMissing(object);
            case 429 -> KeboolaException.rateLimited("slice " + object);
            default ->
                switch (status / 100) {
                    case 3 -> KeboolaException.redirectRefused("slice " + object, status);
                    case 4 -> KeboolaException.storageDenied(object, status);
                    default -> KeboolaException.unavailable("slice " + object, status, "no reason given");
                };
        };
    }

    /** Replaces the credentials, unless another reader has done so already. */
    private void renew(Credentials used) throws InterruptedException {
        used.successor.run();
        try {
            current.compareAndSet(used, used.successor.get());
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case InterruptedException cause -> throw cause;
                case null -> throw new IllegalStateException(e);
                default -> throw new IllegalStateException(e);
            }
        }
    }

    /** The result of one lookup, and the lookup that follows it. */
    private final class Credentials {
        private final ExportFile file;
        private final FutureTask<Credentials> successor;

        Credentials(ExportFile file) {
            this.file = file;
            this.successor = new FutureTask<>(() -> new Credentials(lookup.file(file.id())));
        }
    }
}
