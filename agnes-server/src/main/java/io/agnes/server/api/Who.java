// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.api;

import java.util.List;

/** Who may call an endpoint. */
public enum Who {
    /** Everybody; a token is not looked at. */
    PUBLIC("needs no token"),
    /** A token with the scope {@code read}, or an administrator. */
    READ("any user, scope read"),
    /** The same, with a grant on the table of the path. */
    READ_TABLE("any user, scope read, with a grant on the table"),
    /** A token with the scope {@code operate}. */
    OPERATE("scope operate"),
    /** A token of a member of {@code Admin} with the scope {@code admin}. */
    ADMIN("scope admin, for members of the group Admin");

    private final String text;

    Who(String text) {
        this.text = text;
    }

    /** A phrase for documents. */
    public String text() {
        return text;
    }

    /** The problems of callers who are not known or not allowed. */
    public List<ProblemCode> problems() {
        return this == PUBLIC
                ? List.of()
                : List.of(ProblemCode.UNAUTHENTICATED, ProblemCode.FORBIDDEN, ProblemCode.REGISTRY_UNAVAILABLE);
    }
}
