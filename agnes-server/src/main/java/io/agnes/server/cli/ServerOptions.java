package io.agnes.server.cli;

import io.agnes.core.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server, and as whom. A token is taken from the environment or a file, never as a flag. */
final class ServerOptions {
    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "address of the server (AGNES_URL; http://127.0.0.1:8080)")
    private @Nullable URI server;

    @Option(names = "--token-file", paramLabel = "FILE", description = "file that holds the token (or AGNES_TOKEN)")
    private @Nullable Path tokenFile;

    ServerClient client() {
        return new ServerClient(address(), token());
    }

    private URI address() {
        if (server != null) {
            return server;
        }
        String address = System.getenv("AGNES_URL");
        return URI.create(address == null || address.isBlank() ? "http://127.0.0.1:8080" : address);
    }

    private Secret token() {
        String token = tokenFile == null ? System.getenv("AGNES_TOKEN") : read(tokenFile);
        if (token == null || token.isBlank()) {
            throw CommandException.tokenMissing();
        }
        return Secret.of(token.strip());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw CommandException.unreadable("token file " + file, e);
        }
    }
}
