// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import java.util.Set;

/**
 * The user of a request, with the scopes of their token.
 *
 * @param token the id of the token; empty for that of the scheduler, which has none
 * @param scopes the scopes of the token
 * @param admin whether the user is in the group {@code Admin} and the token has the scope {@code admin}
 */
public record Identity(Name user, String token, Set<Scope> scopes, boolean admin) {
    /** Whether the token allows this scope. An administrator's token allows every scope. */
    public boolean may(Scope scope) {
        return admin || (scope != Scope.ADMIN && scopes.contains(scope));
    }
}
