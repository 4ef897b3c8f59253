// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options for the server's address and the user's token. The token comes from the environment or a file, never from
 * a flag.
 */
final class ServerOptions {
    private static final String USUAL = "http://127.0.0.1:8080";
    private static final int LARGEST_PORT = 65_535;
    private static final int LONGEST_TOKEN = 4096;
    private static final Pattern TOKEN = Pattern.compile("[!-~]{1," + LONGEST_TOKEN + "}");
    private static final Pattern THIS_MACHINE =
            Pattern.compile("localhost|\\[::1]|127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");

    @Option(names = "--server", paramLabel = "URL", description = "address of the server (AGNES_URL; " + USUAL + ")")
    private @Nullable String server;

    @Option(names = "--token-file", paramLabel = "FILE", description = "file with the token (or AGNES_TOKEN)")
    private @Nullable Path tokenFile;

    @Option(
            names = "--insecure-http",
            description = "send token and tables unencrypted over http:// to another machine")
    private boolean insecureHttp;

    ServerClient client() {
        return new ServerClient(address(), token());
    }

    private URI address() {
        String address = server == null ? System.getenv("AGNES_URL") : server;
        return address(address == null || address.isBlank() ? USUAL : address.strip(), insecureHttp);
    }

    /** @throws CommandException if the text is not a server address, or the token would travel unencrypted */
    static URI address(String text, boolean insecureHttp) {
        URI address;
        try {
            address = new URI(text);
        } catch (URISyntaxException e) {
            throw CommandException.addressInvalid(text, "is no URL");
        }
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        require(text, scheme.equals("http") || scheme.equals("https"), "must begin with https:// or http://");
        // Checked first, so that no message contains a password.
        require(
                address.getHost() == null ? "" : address.getHost(),
                address.getRawUserInfo() == null,
                "has a user part");
        require(text, address.getHost() != null, "names no host");
        require(text, address.getPort() != 0 && address.getPort() <= LARGEST_PORT, "has a port beyond 1 to 65535");
        boolean bare = (address.getRawPath().isEmpty() || address.getRawPath().equals("/"))
                && address.getRawQuery() == null
                && address.getRawFragment() == null;
        require(text, bare, "must end with host and port");
        require(
                text,
                scheme.equals("https") || insecureHttp || isThisMachine(address),
                "would send the token readable to another machine; use https://, or --insecure-http on a network that"
                        + " you trust");
        return URI.create(scheme + "://" + address.getRawAuthority());
    }

    private static boolean isThisMachine(URI address) {
        return THIS_MACHINE.matcher(address.getHost().toLowerCase(Locale.ROOT)).matches();
    }

    private static void require(String address, boolean good, String otherwise) {
        if (!good) {
            throw CommandException.addressInvalid(address, otherwise);
        }
    }

    private Secret token() {
        String where = tokenFile == null ? "AGNES_TOKEN" : "what token file " + tokenFile + " holds";
        String token = tokenFile == null ? System.getenv("AGNES_TOKEN") : read(tokenFile);
        if (token == null || token.isBlank()) {
            throw CommandException.tokenMissing();
        }
        if (!TOKEN.matcher(token.strip()).matches()) {
            throw CommandException.tokenInvalid(where);
        }
        return Secret.of(token.strip());
    }

    private static String read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LONGEST_TOKEN + 2), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw CommandException.unreadable("token file " + file, e);
        }
    }
}
