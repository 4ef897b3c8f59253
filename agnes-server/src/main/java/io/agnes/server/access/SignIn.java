// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import io.helidon.common.context.Context;
import io.helidon.security.SecurityContext;

/**
 * The result of checking the credential of a request. {@link TokenProvider} creates it and stores it in the request.
 */
public sealed interface SignIn {
    /** The credential is valid. */
    record Known(Identity identity) implements SignIn {}

    /** There is no credential, or one that is not valid. */
    record Anonymous() implements SignIn {}

    /** The store could not answer. */
    record Undecided() implements SignIn {}

    /** The result stored in the request; anonymous if there is none. */
    static SignIn of(Context request) {
        return request.get(SecurityContext.class)
                .flatMap(SecurityContext::user)
                .flatMap(user -> user.publicCredential(SignIn.class))
                .orElseGet(Anonymous::new);
    }
}
