// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import io.agnes.core.Secret;
import io.agnes.core.Time;
import io.helidon.common.context.Context;
import io.helidon.common.context.Contexts;
import io.helidon.security.AuthenticationResponse;
import io.helidon.security.Principal;
import io.helidon.security.ProviderRequest;
import io.helidon.security.Role;
import io.helidon.security.SecurityContext;
import io.helidon.security.Subject;
import io.helidon.security.spi.AuthenticationProvider;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Knows users by {@code Authorization: Bearer TOKEN} or {@code X-API-Key: TOKEN}. A request without either is anonymous;
 * what may be done so is for the routes to say. A request with both, or with one twice, is nobody's.
 */
public final class TokenProvider implements AuthenticationProvider {
    private static final String BEARER = "bearer ";
    private static final int LONGEST_TOKEN = 4096;
    private static final int LONGEST_ADDRESS = 64;
    private static final String ADMIN_ROLE = "admin!";

    private final AccessStore store;
    private final Optional<Secret> schedulerToken;
    private final Time time;
    private final RefusedSignIns refusals;

    /** @param schedulerToken acts as an operator */
    public TokenProvider(AccessStore store, Optional<Secret> schedulerToken, Time time) {
        this.store = store;
        this.schedulerToken = schedulerToken;
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
            return token.flatMap(this::identify)
                    .map(identity -> AuthenticationResponse.success(subject(identity)))
                    .orElseGet(
                            () -> refused(request, () -> token.map(this::reason).orElse("no_bearer_token")));
        } catch (RuntimeException e) {
            // Thrown here it would be an empty 500, on routes too that need nobody's name.
            Contexts.context().ifPresent(context -> context.register(new Undecided(e)));
            return AuthenticationResponse.failed("the store cannot answer");
        }
    }

    private AuthenticationResponse refused(ProviderRequest request, Supplier<String> reason) {
        refusals.note(address(request), reason);
        return AuthenticationResponse.failed("not a valid token");
    }

    /** The peer, and whom the proxy before us, if it is one, says that it speaks for. */
    private static String address(ProviderRequest request) {
        String peer = String.valueOf(request.env().abacAttribute("userIp").orElse("unknown"));
        List<String> forwarded = values(request.env().headers(), "x-forwarded-for");
        if (forwarded.isEmpty()) {
            return "address=" + peer;
        }
        String last = forwarded.getLast();
        // A client can write what it likes here; the last one is the nearest proxy's.
        String nearest = last.substring(last.lastIndexOf(',') + 1).strip();
        return "address=" + peer + " forwarded_for="
                + nearest.substring(0, Math.min(nearest.length(), LONGEST_ADDRESS))
                        .replaceAll("[^0-9A-Za-z.:%_-]", "?");
    }

    /** The id tells which token it was, and helps nobody to guess it. */
    private String reason(Secret token) {
        String id = AccessToken.id(token);
        return store.tokens().stream()
                .filter(known -> known.id().equals(id))
                .findFirst()
                .map(known -> (known.revokedAt() == null ? "expired" : "revoked") + " token_id=" + id + " user="
                        + known.user())
                .orElse("unknown_token");
    }

    private record Undecided(RuntimeException why) {}

    private static Optional<Secret> token(List<String> bearer, List<String> keys) {
        String text = keys.isEmpty() ? bearer.getFirst() : BEARER + keys.getFirst();
        boolean usable = text.length() <= LONGEST_TOKEN
                && text.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && !text.substring(BEARER.length()).isBlank();
        return usable ? Optional.of(Secret.of(text.substring(BEARER.length()).strip())) : Optional.empty();
    }

    private Optional<Identity> identify(Secret token) {
        if (schedulerToken.filter(token::equals).isPresent()) {
            return Optional.of(new Identity(Name.SCHEDULER, Set.of(Scope.OPERATE), false));
        }
        return store.identify(token, time.now());
    }

    private static List<String> values(Map<String, List<String>> headers, String name) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().toLowerCase(Locale.ROOT).equals(name))
                .flatMap(header -> header.getValue().stream())
                .toList();
    }

    private static Subject subject(Identity identity) {
        Subject.Builder subject =
                Subject.builder().principal(Principal.create(identity.user().value()));
        identity.scopes().forEach(scope -> subject.addGrant(Role.create(scope.text())));
        if (identity.admin()) {
            subject.addGrant(Role.create(ADMIN_ROLE));
        }
        return subject.build();
    }

    /**
     * Who is asking; nothing for an anonymous request, and for one whose credential is not good. Throws what the store
     * threw if it could not tell.
     *
     * @param context of the request
     */
    public static Optional<Identity> identity(Context context) {
        context.get(Undecided.class).ifPresent(undecided -> {
            throw undecided.why();
        });
        return context.get(SecurityContext.class).flatMap(SecurityContext::user).map(TokenProvider::identity);
    }

    private static Identity identity(Subject subject) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        boolean admin = false;
        for (Role role : subject.grants(Role.class)) {
            Scope.parse(role.getName()).ifPresent(scopes::add);
            admin |= role.getName().equals(ADMIN_ROLE);
        }
        return new Identity(new Name(subject.principal().getName()), scopes, admin);
    }
}
