// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.Time;
import io.agnes.core.sync.TablePublisher;
import io.agnes.server.connection.Limits;
import io.agnes.server.settings.Sources;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The routes that the program declares. They are registered with a builder that records them. */
public final class DeclaredRoutes {
    private static final Set<String> METHODS = Set.of("get", "head", "post", "put", "patch", "delete", "options");
    private static final Set<String> NO_ROUTES = Set.of("addFilter", "error");

    private final SortedSet<String> found = new TreeSet<>();

    private DeclaredRoutes() {}

    /** All routes, for example {@code GET /api/data/{id}/download}. */
    public static SortedSet<String> all() {
        DeclaredRoutes notes = new DeclaredRoutes();
        // Registering the routes calls none of the services.
        new Routes(new Services(
                        null,
                        null,
                        null,
                        null,
                        new TablePublisher(null, null, null, Time.system()),
                        null,
                        Path.of("."),
                        Sources.of(),
                        "",
                        () -> 1,
                        Map::of,
                        Limits.standard(),
                        Time.system()))
                .register(notes.taker(HttpRouting.Builder.class, ""));
        return notes.found;
    }

    private <T extends HttpRules> T taker(Class<T> type, String prefix) {
        return type.cast(Proxy.newProxyInstance(
                DeclaredRoutes.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    note(prefix, method.getName(), arguments);
                    return proxy;
                }));
    }

    private void note(String prefix, String method, Object[] arguments) {
        boolean withPath = arguments.length > 0 && arguments[0] instanceof String;
        String path = prefix + (withPath ? arguments[0] : "");
        if (method.equals("register")) {
            Object services = arguments[arguments.length - 1];
            Arrays.asList((HttpService[]) services).forEach(service -> service.routing(taker(HttpRules.class, path)));
        } else if (METHODS.contains(method) && withPath) {
            found.add(method.toUpperCase(Locale.ROOT) + " " + path);
        } else if (!NO_ROUTES.contains(method) && !(method.equals("any") && !withPath)) {
            throw new AssertionError("declared in a way that cannot be read here: " + method + " below " + prefix);
        }
    }
}
