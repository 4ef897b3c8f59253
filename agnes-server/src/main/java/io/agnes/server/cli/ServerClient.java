package io.agnes.server.cli;

import io.agnes.core.Secret;
import io.agnes.core.TableId;
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
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** An Agnes server, as its commands see it. The token goes to this server alone; redirects are not followed. */
final class ServerClient implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);
    private static final int LARGEST_JSON = 64 * 1024 * 1024;
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int PARTIAL_CONTENT = 206;

    private final URI server;
    private final Secret token;
    private final WebClient http;

    ServerClient(URI server, Secret token) {
        this.server = server;
        this.token = token;
        this.http = WebClient.builder()
                .baseUri(server)
                .connectTimeout(CONNECT_TIMEOUT)
                .readTimeout(LONGEST_SILENCE)
                .followRedirects(false)
                .sendExpectContinue(false)
                .shareConnectionCache(false)
                .servicesDiscoverServices(false)
                .proxy(Proxy.noProxy())
                .build();
    }

    JsonObject get(String path) {
        return json(request(Method.GET, path), null);
    }

    JsonObject post(String path, @Nullable JsonStructure body) {
        return json(request(Method.POST, path), body);
    }

    private HttpClientRequest request(Method method, String path) {
        return http.method(method).path(path).header(HeaderNames.AUTHORIZATION, "Bearer " + token.reveal());
    }

    private JsonObject json(HttpClientRequest request, @Nullable JsonStructure body) {
        try (HttpClientResponse response = send(request, body)) {
            require(response);
            return object(text(response));
        } catch (IOException | JsonException e) {
            throw CommandException.unreachable(server.toString(), e);
        }
    }

    private HttpClientResponse send(HttpClientRequest request, @Nullable JsonStructure body) {
        try {
            if (body == null) {
                return request.request();
            }
            request.header(HeaderNames.CONTENT_TYPE, "application/json");
            return request.submit(body.toString().getBytes(StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            throw CommandException.unreachable(server.toString(), e);
        }
    }

    private void require(HttpClientResponse response) throws IOException {
        int status = response.status().code();
        if (status < 200 || status > 299) {
            String text = text(response);
            JsonObject problem = text.startsWith("{") ? object(text) : JsonObject.EMPTY_JSON_OBJECT;
            throw CommandException.refused(
                    server.toString(),
                    status,
                    problem.getString("code", "unexpected_answer"),
                    problem.getString("detail", response.status().reasonPhrase()));
        }
    }

    private static String text(HttpClientResponse response) throws IOException {
        try (InputStream in = response.entity().inputStream()) {
            return new String(in.readNBytes(LARGEST_JSON), StandardCharsets.UTF_8);
        }
    }

    private static JsonObject object(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readObject();
        }
    }

    /**
     * Appends what is missing of one version of a table to the file. If the server has another version by now, the file
     * is begun anew with that one.
     *
     * @param file may hold the beginning of the version already
     * @param progress told of each byte count that was added; negative if the file was begun anew
     * @return how long the whole is
     */
    long download(TableId table, String etag, FileChannel file, LongConsumer progress) throws IOException {
        long have = file.size();
        HttpClientRequest request = request(Method.GET, "/api/data/" + table + "/download");
        if (have > 0) {
            request.header(HeaderNames.RANGE, "bytes=" + have + "-").header(HeaderNames.IF_RANGE, etag);
        }
        try (HttpClientResponse response = send(request, null)) {
            require(response);
            if (response.status().code() != PARTIAL_CONTENT && have > 0) {
                file.truncate(0);
                progress.accept(-have);
            }
            long expected = file.size() + response.headers().contentLength().orElse(0);
            append(response, file, progress);
            return expected;
        } catch (RuntimeException e) {
            if (e instanceof CommandException) {
                throw e;
            }
            throw new IOException("the download ended early", e);
        }
    }

    private static void append(HttpClientResponse response, FileChannel file, LongConsumer progress)
            throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        file.position(file.size());
        try (InputStream in = response.entity().inputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
                progress.accept(read);
            }
        }
    }

    @Override
    public void close() {
        http.closeResource();
    }
}
