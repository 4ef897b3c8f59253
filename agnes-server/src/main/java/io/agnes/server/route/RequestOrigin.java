// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.access.ClientAddress;
import io.agnes.server.access.Identity;
import io.agnes.server.access.SignIn;
import io.agnes.server.audit.Origin;
import io.agnes.server.connection.Connection;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;

/** Who a request comes from, in the words of the audit. */
final class RequestOrigin {
    private RequestOrigin() {}

    /** @param id of the request in the log */
    static Origin of(ServerRequest request, String id, ClientAddress addresses) {
        List<String> forwarded = request.headers().contains(HeaderNames.X_FORWARDED_FOR)
                ? request.headers().get(HeaderNames.X_FORWARDED_FOR).allValues()
                : List.of();
        String address = addresses.of(Connection.of(request.remotePeer()).clientAddress(), forwarded);
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
