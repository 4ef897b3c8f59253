// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import io.agnes.core.AgnesException;

/** A change of users, groups or tokens that is not allowed. Nothing was changed. */
public final class AccessException extends AgnesException {
    private static final long serialVersionUID = 1L;

    private AccessException(String code, String message) {
        super(Kind.REQUEST, code, message, null);
    }

    /** Code {@code last_administrator}: the change would leave no member of {@code Admin} with a valid token. */
    public static AccessException lastAdministrator() {
        return new AccessException(
                "last_administrator",
                "After this no member of the group " + Name.ADMIN_GROUP + " would have a valid token with the scope "
                        + Scope.ADMIN.text() + ".");
    }
}
