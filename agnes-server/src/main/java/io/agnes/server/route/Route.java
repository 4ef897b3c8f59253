// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.access.Scope;
import io.agnes.server.api.Endpoint;
import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/**
 * An endpoint, and the method that answers it. The caller is checked as the endpoint says before the method is called.
 *
 * @param handler may ask for more, as the grant on a table
 */
record Route(Endpoint endpoint, Handler handler) {
    void register(HttpRouting.Builder routing) {
        for (String method : endpoint.methods()) {
            routing.route(Method.create(method), endpoint.path(), this::answer);
        }
    }

    private void answer(ServerRequest request, ServerResponse response) throws Exception {
        switch (endpoint.who()) {
            case PUBLIC -> {}
            case READ, READ_TABLE -> Requests.identity(request);
            case OPERATE -> Requests.identity(request, Scope.OPERATE);
            case ADMIN -> Requests.identity(request, Scope.ADMIN);
        }
        handler.handle(request, response);
    }
}
