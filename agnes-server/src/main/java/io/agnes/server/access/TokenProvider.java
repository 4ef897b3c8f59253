// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import io.agnes.core.Secret;
import io.agnes.core.Time;
import io.agnes.server.audit.Usage;
import io.helidon.security.AuthenticationResponse;
import io.helidon.security.Principal;
import io.helidon.security.ProviderRequest;
import io.helidon.security.Subject;
import io.helidon.security.spi.AuthenticationProvider;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Identifies users by {@code Authorization: Bearer TOKEN} or {@code X-API-Key: TOKEN}. A request without either is
 * anonymous, and so is one with both or with one of them twice; each route decides whether it serves anonymous requests.
 */
public final class TokenProvider implements AuthenticationProvider {
    private static final System.Logger LOG = System.getLogger(TokenProvider.class.getName());
    private static final String BEARER = "bearer ";
    private static final int LONGEST_TOKEN = 4096;
    private static final int LONGEST_ADDRESS = 64;
    private static final String UNDECIDED = "undecided";

    private final AccessStore store;
    private final Optional<Secret> schedulerToken;
    private final Usage usage;
    private final ClientAddress addresses;
    private final Time time;
    private final RefusedSignIns refusals;

    /** @param schedulerToken acts as an operator */
    public TokenProvider(
            AccessStore store, Optional<Secret> schedulerToken, Usage usage, ClientAddress addresses, Time time) {
        this.store = store;
        this.schedulerToken = schedulerToken;
        this.usage = usage;
        this.addresses = addresses;
        this.time = time;
        this.refusals = new RefusedSignIns(time);
    }

    @Override
    public AuthenticationResponse authenticate(ProviderRequest request) {
        Map<String, List<String>> headers = request.env().headers();
        List<String> bearer = values(headers, "authorization");
        List<String> keys = values(headers, "x-api-key");
        if (bearer.isEmpty() && keys.isEmpty()) {
            return AuthenticationResponse.abstain();
        }
        if (bearer.size() + keys.size() != 1) {
            return refused(request, () -> "several_credentials");
        }
        try {
            Optional<Secret> token = token(bearer, keys);
            Optional<Identity> identity = token.flatMap(this::identify);
            identity.ifPresent(known -> noteUse(known, request));
            return identity.map(TokenProvider::signedIn)
                    .orElseGet(
                            () -> refused(request, () -> token.map(this::reason).orElse("no_bearer_token")));
        } catch (RuntimeException e) {
            // An exception here would cause an empty 500 answer, even on routes that are open to everyone.
            LOG.log(System.Logger.Level.ERROR, "a token cannot be looked up", e);
            return carrying(UNDECIDED, new SignIn.Undecided());
        }
    }

    private AuthenticationResponse refused(ProviderRequest request, Supplier<String> reason) {
        refusals.note(address(request), reason);
        return AuthenticationResponse.failed("not a valid token");
    }

    /** The address of the peer, and the client address that a proxy in front reports. */
    private static String address(ProviderRequest request) {
        String peer = peer(request);
        List<String> forwarded = values(request.env().headers(), "x-forwarded-for");
        if (forwarded.isEmpty()) {
            return "address=" + peer;
        }
        String last = forwarded.getLast();
        // A client can send any text here; the nearest proxy adds the last address.
        String nearest = last.substring(last.lastIndexOf(',') + 1).strip();
        return "address=" + peer + " forwarded_for="
                + nearest.substring(0, Math.min(nearest.length(), LONGEST_ADDRESS))
                        .replaceAll("[^0-9A-Za-z.:%_-]", "?");
    }

    private String client(ProviderRequest request) {
        return addresses.of(peer(request), values(request.env().headers(), "x-forwarded-for"));
    }

    private static String peer(ProviderRequest request) {
        return String.valueOf(request.env().abacAttribute("userIp").orElse("unknown"));
    }

    /** The reason why the token is not valid. It contains the id of a known token; the id does not reveal the token. */
    private String reason(Secret token) {
        String id = AccessToken.id(token);
        return store.tokens().stream()
                .filter(known -> known.id().equals(id))
                .findFirst()
                .map(known -> (known.revokedAt() == null ? "expired" : "revoked") + " token_id=" + id + " user="
                        + known.user())
                .orElse(AccessToken.isMistyped(token) ? "mistyped_token" : "unknown_token");
    }

    private static Optional<Secret> token(List<String> bearer, List<String> keys) {
        String text = keys.isEmpty() ? bearer.getFirst() : BEARER + keys.getFirst();
        boolean usable = text.length() <= LONGEST_TOKEN
                && text.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && !text.substring(BEARER.length()).isBlank();
        return usable ? Optional.of(Secret.of(text.substring(BEARER.length()).strip())) : Optional.empty();
    }

    private Optional<Identity> identify(Secret token) {
        if (schedulerToken.filter(token::equals).isPresent()) {
            return Optional.of(new Identity(Name.SCHEDULER, "", Set.of(Scope.OPERATE), false));
        }
        return store.identify(token, time.now());
    }

    private void noteUse(Identity identity, ProviderRequest request) {
        if (!identity.token().isEmpty()) {
            usage.tokenUsed(identity.token(), () -> client(request));
        }
    }

    private static List<String> values(Map<String, List<String>> headers, String name) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().toLowerCase(Locale.ROOT).equals(name))
                .flatMap(header -> header.getValue().stream())
                .toList();
    }

    private static AuthenticationResponse signedIn(Identity identity) {
        return carrying(identity.user().value(), new SignIn.Known(identity));
    }

    /** The subject carries the result to the routes, which use nothing else to decide. */
    private static AuthenticationResponse carrying(String name, SignIn result) {
        return AuthenticationResponse.success(Subject.builder()
                .principal(Principal.create(name))
                .addPublicCredential(SignIn.class, result)
                .build());
    }
}
