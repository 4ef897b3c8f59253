// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

/**
 * On whose behalf work is done. A text is empty if it is unknown.
 *
 * @param actor the name of the user, or of the part of this program that acts
 * @param token the id of the token, never the token
 * @param address the network address of the client
 * @param request the id of the request in the log and in the answer
 */
public record Origin(String actor, String token, String address, String request) {
    /** Nobody is known. */
    public static final Origin UNKNOWN = new Origin("", "", "", "");

    /** The server itself. */
    public static final Origin SERVER = UNKNOWN.by("server");

    /** Removes secrets, and bounds each text. */
    public Origin {
        actor = AuditText.of(actor);
        token = AuditText.of(token);
        address = AuditText.of(address);
        request = AuditText.of(request);
    }

    /** The same with another actor. */
    public Origin by(String name) {
        return new Origin(name, token, address, request);
    }
}
