// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Secret;
import io.agnes.core.Time;
import io.agnes.core.file.FileModes;
import io.agnes.core.file.FileStore;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webclient.api.HttpClientRequest;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.api.WebClient;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A client of an Agnes server. It trusts nothing that the server sends: every exchange ends with a checked answer or a
 * {@link CommandException}, within the bounds of {@link ExchangeLimits} and {@link BoundedJson}. It sends the token to this
 * server only and follows no redirects.
 */
final class ServerClient implements AutoCloseable {
    static final String BACKUP = "/api/backup";

    private static final HeaderName REPR_DIGEST = HeaderNames.create("Repr-Digest");
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY = 429;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    /**
     * An answer with any status.
     *
     * @param body empty if there was none; the body of the problem for an error status
     */
    record Answer(int status, JsonObject body) {
        boolean good() {
            return status >= 200 && status <= 299;
        }
    }

    private final URI server;
    private final Secret token;
    private final ExchangeLimits limits;
    private final WatchedExchange watched;
    private final WebClient http;

    ServerClient(URI server, Secret token) {
        this(server, token, ExchangeLimits.USUAL);
    }

    ServerClient(URI server, Secret token, ExchangeLimits limits) {
        this.server = server;
        this.token = token;
        this.limits = limits;
        this.watched = new WatchedExchange(limits, Time.system());
        this.http = WebClient.builder()
                .baseUri(server)
                .connectTimeout(limits.connect())
                // The watch ends the exchange earlier; this limit applies to a thread whose watch has ended.
                .readTimeout(limits.silence().multipliedBy(2))
                .followRedirects(false)
                .sendExpectContinue(false)
                .shareConnectionCache(false)
                .servicesDiscoverServices(false)
                .proxy(Proxy.noProxy())
                .build();
    }

    /** The address of the server, for messages. */
    URI server() {
        return server;
    }

    JsonObject get(String path) {
        return good(exchange(Method.GET, path, null));
    }

    /** The records of the audit behind a sequence. */
    JsonObject audit(long after, int limit) {
        String path = "/api/admin/audit";
        return good(whole(path, arrived -> {
            HttpClientRequest request = request(Method.GET, path)
                    .queryParam("after", Long.toString(after))
                    .queryParam("limit", Integer.toString(limit));
            try (HttpClientResponse response = send(request, null)) {
                return answer(response, arrived);
            }
        }));
    }

    JsonObject post(String path, @Nullable JsonStructure body) {
        return good(exchange(Method.POST, path, body));
    }

    void delete(String path) {
        good(exchange(Method.DELETE, path, null));
    }

    /** As {@link #post}, for callers that handle an error status themselves. */
    Answer tryPost(String path, @Nullable JsonStructure body) {
        return exchange(Method.POST, path, body);
    }

    private JsonObject good(Answer answer) {
        if (!answer.good()) {
            throw refusal(answer);
        }
        return answer.body();
    }

    /** The failure that an error status describes, for messages. */
    CommandException refusal(Answer answer) {
        boolean redirect = answer.status() >= 300 && answer.status() <= 399;
        return CommandException.refused(
                server.toString(),
                answer.status(),
                text(answer.body(), "code", "unexpected_answer"),
                redirect
                        ? "a redirect, which is not followed: the token is for this server alone"
                        : text(answer.body(), "detail", "no reason was given"));
    }

    private static String text(JsonObject object, String name, String otherwise) {
        JsonValue value = object.get(name);
        return value instanceof jakarta.json.JsonString text ? text.getString() : otherwise;
    }

    private Answer exchange(Method method, String path, @Nullable JsonStructure body) {
        return whole(path, arrived -> {
            try (HttpClientResponse response = send(request(method, path), body)) {
                return answer(response, arrived);
            }
        });
    }

    private Answer answer(HttpClientResponse response, LongConsumer arrived) throws IOException {
        int status = response.status().code();
        if (!response.entity().hasEntity()) {
            return new Answer(status, JsonValue.EMPTY_JSON_OBJECT);
        }
        try (BoundedJson in = new BoundedJson(response.entity().inputStream(), BoundedJson.Retention.TREE, arrived)) {
            return new Answer(status, object(in));
        } catch (MalformedException e) {
            if (status >= 200 && status <= 299) {
                throw e;
            }
            // A proxy may answer an error with a page that is not JSON.
            return new Answer(status, JsonValue.EMPTY_JSON_OBJECT);
        }
    }

    /** The manifest for this user. */
    SyncManifest manifest() {
        String path = "/api/sync/manifest";
        return whole(path, arrived -> {
            try (HttpClientResponse response = send(request(Method.GET, path), null)) {
                if (response.status().code() != OK) {
                    throw refusal(answer(response, arrived));
                }
                try (BoundedJson in = new BoundedJson(
                                response.entity().inputStream(), BoundedJson.Retention.STREAM, arrived);
                        JsonParser json = Json.createParser(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                    return SyncManifest.read(json);
                }
            }
        });
    }

    private <T> T whole(String path, WatchedExchange.Work<T> work) {
        try {
            return watched.run(work, limits.answer());
        } catch (MalformedException e) {
            throw CommandException.malformed(server.toString(), path, e.getMessage());
        } catch (IOException e) {
            throw CommandException.unreachable(server.toString(), ExchangeException.of(e, limits));
        }
    }

    private HttpClientRequest request(Method method, String path) {
        return http.method(method).path(path).header(HeaderNames.AUTHORIZATION, "Bearer " + token.reveal());
    }

    private static HttpClientResponse send(HttpClientRequest request, @Nullable JsonStructure body) {
        if (body == null) {
            return request.request();
        }
        request.header(HeaderNames.CONTENT_TYPE, "application/json");
        return request.submit(body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static JsonObject object(InputStream in) throws IOException {
        try (JsonReader reader = Json.createReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.readObject();
        } catch (JsonException e) {
            if (e.getCause() instanceof IOException lost) {
                throw lost;
            }
            throw new MalformedException("it is no object of JSON");
        }
    }

    /**
     * Downloads the missing bytes of one version of a table and appends them to the part. If the server does not
     * continue at the end of the part, the download restarts at the first byte.
     *
     * @param progress receives the number of added bytes; negative if the part was truncated
     * @throws ExchangeException if the connection failed, stalled or ended early; the part keeps the received bytes
     * @throws CommandException if the server refuses, or sends another version or other data
     */
    void download(SyncManifest.Table table, PartFile part, LongConsumer progress) throws IOException {
        long have = part.size();
        HttpClientRequest request = request(Method.GET, path(table));
        if (have > 0) {
            request.header(HeaderNames.RANGE, "bytes=" + have + "-").header(HeaderNames.IF_RANGE, table.etag());
        }
        watched.run(arrived -> {
            try (HttpClientResponse response = send(request, null)) {
                begin(response, table, part, have, progress);
                append(response, table, part, arrived.andThen(progress));
                return part;
            }
        });
        if (part.size() < table.bytes()) {
            throw ExchangeException.ended();
        }
    }

    private static String path(SyncManifest.Table table) {
        return "/api/data/" + table.id() + "/download";
    }

    private void begin(
            HttpClientResponse response, SyncManifest.Table table, PartFile part, long have, LongConsumer progress)
            throws IOException {
        int status = response.status().code();
        boolean goesOn = status == PARTIAL_CONTENT && have > 0 && startsAt(response, have);
        if (status == RANGE_NOT_SATISFIABLE && have > 0) {
            beginAnew(part, have, progress);
            throw ExchangeException.ended();
        }
        if (!goesOn && status != OK) {
            Answer answer = answer(response, bytes -> {});
            throw CommandException.about(
                    table.id().value(),
                    answer.good()
                            ? CommandException.malformed(server.toString(), path(table), "it has status " + status)
                            : refusal(answer));
        }
        if (!goesOn && have > 0) {
            beginAnew(part, have, progress);
        }
        boolean other = response.headers()
                .value(HeaderNames.ETAG)
                .filter(etag -> !etag.equals(table.etag()))
                .isPresent();
        if (other) {
            throw CommandException.versionChanged(table.id().value(), server.toString());
        }
    }

    private static void beginAnew(PartFile part, long have, LongConsumer progress) {
        local(part::truncate);
        progress.accept(-have);
    }

    private static boolean startsAt(HttpClientResponse response, long have) {
        return response.headers()
                .value(HeaderNames.CONTENT_RANGE)
                .filter(range -> range.startsWith("bytes " + have + "-"))
                .isPresent();
    }

    /** Never writes more bytes than the length in the manifest. */
    private void append(HttpClientResponse response, SyncManifest.Table table, PartFile part, LongConsumer progress)
            throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long left = table.bytes() - part.size();
        try (InputStream in = response.entity().inputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (read > left) {
                    throw CommandException.tooLong(table.id().value(), server.toString(), table.bytes());
                }
                int length = read;
                local(() -> part.append(buffer, length));
                left -= read;
                progress.accept(read);
            }
        }
    }

    /**
     * Downloads a backup into a new file.
     *
     * @throws ExchangeException if it was cut off, stalled, or never began
     * @throws CommandException if the server refuses for good, or sends something else
     */
    BackupDownload.Attempt backup(Path file) throws IOException {
        return watched.run(arrived -> {
            try (HttpClientResponse response = send(request(Method.GET, BACKUP), null)) {
                if (response.status().code() != OK) {
                    return later(response);
                }
                String digest = required(response, REPR_DIGEST);
                long length = length(required(response, HeaderNames.CONTENT_LENGTH));
                save(response, file, length, arrived);
                return new BackupDownload.Attempt.Complete(digest);
            }
        });
    }

    /** A refusal that passes: another backup is being made, or was a moment ago. */
    private BackupDownload.Attempt later(HttpClientResponse response) throws IOException {
        int status = response.status().code();
        Optional<Duration> wait =
                response.headers().value(HeaderNames.RETRY_AFTER).flatMap(ServerClient::seconds);
        CommandException why = refusal(answer(response, bytes -> {}));
        if ((status == CONFLICT || status == TOO_MANY) && wait.isPresent()) {
            return new BackupDownload.Attempt.Later(wait.get(), why);
        }
        throw why;
    }

    private static Optional<Duration> seconds(String text) {
        return text.matches("[0-9]{1,2}") ? Optional.of(Duration.ofSeconds(Long.parseLong(text))) : Optional.empty();
    }

    private String required(HttpClientResponse response, HeaderName name) {
        return response.headers()
                .value(name)
                .orElseThrow(() -> CommandException.malformed(server.toString(), BACKUP, "it has no " + name));
    }

    private long length(String text) {
        if (!text.matches("[0-9]{1,18}")) {
            throw CommandException.malformed(server.toString(), BACKUP, "its length is no number");
        }
        return Long.parseLong(text);
    }

    /** No byte beyond the length that was announced reaches the disk. */
    private void save(HttpClientResponse response, Path file, long length, LongConsumer arrived) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long left = length;
        try (FileChannel channel =
                        local(() -> FileStore.system(FileModes.PRIVATE).create(file));
                InputStream in = response.entity().inputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                left -= read;
                if (left < 0) {
                    throw CommandException.malformed(server.toString(), BACKUP, "more than " + length + " bytes came");
                }
                ByteBuffer piece = ByteBuffer.wrap(buffer, 0, read);
                local(() -> {
                    while (piece.hasRemaining()) {
                        channel.write(piece);
                    }
                    return piece;
                });
                arrived.accept(read);
            }
        }
        if (left > 0) {
            throw ExchangeException.ended();
        }
    }

    /** The value of {@code Repr-Digest} for content with this SHA-256. */
    static String reprDigest(String sha256) {
        return "sha-256=:" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256)) + ":";
    }

    private interface FromDisk<T> {
        T get() throws IOException;
    }

    private static <T> T local(FromDisk<T> work) {
        try {
            return work.get();
        } catch (IOException e) {
            throw new WatchedExchange.LocalException(e);
        }
    }

    private interface OnDisk {
        void run() throws IOException;
    }

    private static void local(OnDisk work) {
        try {
            work.run();
        } catch (IOException e) {
            throw new WatchedExchange.LocalException(e);
        }
    }

    @Override
    public void close() {
        http.closeResource();
    }
}
