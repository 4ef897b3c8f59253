// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The OAuth 2.0 access tokens of the service account of a fake. {@link #answer} is the token endpoint: it exchanges an
 * assertion that the account's key signed (RFC 7523) for a token, which expires by the fake's clock.
 */
final class GoogleTokens {
    static final String PATH = "/token";

    /** The audience that Google's Java client names, whatever the token endpoint of its key file is. */
    private static final String GOOGLE_ENDPOINT = "https://oauth2.googleapis.com/token";

    private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final String BEARER = "Bearer ";
    private static final String PREFIX = "ya29.";
    /** The longest life of an assertion, from {@code iat} to {@code exp}. */
    private static final Duration MAX_ASSERTION = Duration.ofHours(1);
    /** How far the client's clock may be ahead. */
    private static final Duration MAX_SKEW = Duration.ofMinutes(5);

    private final ServiceAccountKey account;
    private final URI endpoint;
    private final ManualClock clock;
    private final Duration life;
    private final Signer signer = new Signer();

    /**
     * @param endpoint the URL of the token endpoint, which assertions name as their audience
     * @param life the life of an access token; 1 hour in the real service
     */
    GoogleTokens(ServiceAccountKey account, URI endpoint, ManualClock clock, Duration life) {
        this.account = account;
        this.endpoint = endpoint;
        this.clock = clock;
        this.life = life;
    }

    /** Answers {@code POST /token}. */
    Response answer(Request request) {
        if (!request.method().equals("POST")) {
            return Response.json(405, Json.object("error", "method_not_allowed"));
        }
        Map<String, String> form = Request.parameters(request.body());
        if (!GRANT.equals(form.get("grant_type"))) {
            return refusal("unsupported_grant_type", "Invalid grant_type: " + form.get("grant_type"));
        }
        Map<?, ?> claims = verified(form.getOrDefault("assertion", ""));
        if (claims == null) {
            return refusal("invalid_grant", "Invalid JWT Signature.");
        }
        if (!ServiceAccountKey.EMAIL.equals(claims.get("iss"))) {
            return refusal("invalid_grant", "Invalid grant: account not found");
        }
        if (!Set.of(endpoint.toString(), GOOGLE_ENDPOINT).contains(String.valueOf(claims.get("aud")))) {
            return refusal("invalid_grant", "Invalid JWT: Failed audience check.");
        }
        if (!isTimely(claims)) {
            return refusal(
                    "invalid_grant",
                    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
                            + " Check your iat and exp values in the JWT claim.");
        }
        if (!(claims.get("scope") instanceof String scope) || scope.isBlank()) {
            return refusal("invalid_scope", "Invalid OAuth scope or ID token audience provided.");
        }
        return Response.json(
                200,
                Json.object("access_token", token(scope), "expires_in", life.toSeconds() - 1, "token_type", "Bearer"));
    }

    /**
     * Issues an access token without an assertion.
     *
     * @param scope the URLs of its scopes, separated by spaces
     */
    String token(String scope) {
        long expires = clock.instant().plus(life).getEpochSecond();
        return PREFIX + signer.signedToken(expires + " " + scope);
    }

    private static Response refusal(String error, String description) {
        return Response.json(400, Json.object("error", error, "error_description", description));
    }

    /** The claims of a JSON Web Token that the account signed with RS256, or null. */
    private @Nullable Map<?, ?> verified(String jwt) {
        String[] parts = jwt.split("\\.", -1);
        if (parts.length != 3) {
            return null;
        }
        try {
            Base64.Decoder base64 = Base64.getUrlDecoder();
            boolean signed = account.signed(parts[0] + "." + parts[1], base64.decode(parts[2]));
            Object header = Json.read(new String(base64.decode(parts[0]), StandardCharsets.UTF_8));
            Object claims = Json.read(new String(base64.decode(parts[1]), StandardCharsets.UTF_8));
            boolean rsa = header instanceof Map<?, ?> fields && "RS256".equals(fields.get("alg"));
            return signed && rsa && claims instanceof Map<?, ?> found ? found : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private boolean isTimely(Map<?, ?> claims) {
        if (!(claims.get("iat") instanceof Number iat) || !(claims.get("exp") instanceof Number exp)) {
            return false;
        }
        Instant issued = Instant.ofEpochSecond(iat.longValue());
        Instant expires = Instant.ofEpochSecond(exp.longValue());
        Instant now = clock.instant();
        return expires.isAfter(now)
                && !issued.isAfter(now.plus(MAX_SKEW))
                && !expires.isAfter(issued.plus(MAX_ASSERTION));
    }

    /** Whether a request has the form of one with an access token, valid or not. */
    static boolean isBearer(Request request) {
        String authorization = request.header("authorization");
        return authorization != null && authorization.startsWith(BEARER);
    }

    /**
     * The scopes of the access token of a request, or of an assertion used in its place, as some clients do. Null if it is
     * unknown or has expired.
     */
    @Nullable
    Set<String> scopes(Request request) {
        String authorization = String.valueOf(request.header("authorization"));
        String token = authorization.substring(Math.min(BEARER.length(), authorization.length()));
        String payload = token.startsWith(PREFIX) ? signer.payload(token.substring(PREFIX.length())) : null;
        if (payload != null) {
            int space = payload.indexOf(' ');
            if (clock.instant().getEpochSecond() < Long.parseLong(payload.substring(0, space))) {
                return words(payload.substring(space + 1));
            }
        } else {
            Map<?, ?> claims = verified(token);
            if (claims != null && isTimely(claims) && claims.get("scope") instanceof String scope) {
                return words(scope);
            }
        }
        return null;
    }

    private static Set<String> words(String text) {
        return Set.copyOf(List.of(text.trim().split(" +")));
    }
}
