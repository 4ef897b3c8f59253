// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Set;

/** Decides whether a request with an access token, or without any credentials, may read or write. */
final class CloudAccess {
    private static final String ROOT = "https://www.googleapis.com/auth/";
    private static final Set<String> WRITERS =
            Set.of(ROOT + "devstorage.full_control", ROOT + "devstorage.read_write", ROOT + "cloud-platform");
    private static final Set<String> READERS = Set.of(ROOT + "devstorage.read_only", ROOT + "cloud-platform.read-only");

    private final GoogleTokens tokens;
    private final boolean anonymous;

    /** @param anonymous whether requests without credentials may read and write */
    CloudAccess(GoogleTokens tokens, boolean anonymous) {
        this.tokens = tokens;
        this.anonymous = anonymous;
    }

    /** @throws CloudRefusal 401 without credentials or with expired ones, 403 if the scopes of the token do not allow it */
    void require(Request request, boolean write) {
        if (!GoogleTokens.isBearer(request)) {
            if (!anonymous) {
                throw new CloudRefusal(
                        CloudRefusal.Reason.LOGIN_REQUIRED,
                        "Anonymous caller does not have storage." + (write ? "objects.create" : "objects.get")
                                + " access to the Google Cloud Storage resource.");
            }
            return;
        }
        Set<String> scopes = tokens.scopes(request);
        if (scopes == null) {
            throw new CloudRefusal(CloudRefusal.Reason.INVALID_TOKEN, "Invalid Credentials");
        }
        boolean allowed = scopes.stream().anyMatch(WRITERS::contains)
                || (!write && scopes.stream().anyMatch(READERS::contains));
        if (!allowed) {
            throw new CloudRefusal(
                    CloudRefusal.Reason.SCOPE,
                    "Insufficient Permission: Request had insufficient authentication scopes.");
        }
    }
}
