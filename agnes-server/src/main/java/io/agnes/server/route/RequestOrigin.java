// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.access.Identity;
import io.agnes.server.access.SignIn;
import io.agnes.server.audit.Origin;
import io.agnes.server.connection.Connection;
import io.helidon.webserver.http.ServerRequest;

/** Who a request comes from, in the words of the audit. */
final class RequestOrigin {
    private RequestOrigin() {}

    /** @param id of the request in the log */
    static Origin of(ServerRequest request, String id) {
        String address = Connection.of(request.remotePeer()).clientAddress();
        return switch (SignIn.of(request.context())) {
            case SignIn.Known known -> of(known.identity(), address, id);
            case SignIn.Anonymous anonymous -> new Origin("", "", address, id);
            case SignIn.Undecided undecided -> new Origin("", "", address, id);
        };
    }

    private static Origin of(Identity identity, String address, String id) {
        return new Origin(identity.user().value(), identity.token(), address, id);
    }
}
