// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The host names and base URLs of a fake.
 *
 * @param own the URL on which it listens, without a trailing slash
 * @param stackHost the host name of the stack on port 443, or null to use {@code own}
 * @param ofClouds whether the object store has the host names of its cloud
 */
record HostNames(URI own, @Nullable String stackHost, boolean ofClouds) {
    private static final String CONNECTION = "connection.";
    /** The services that clients look up. Each answers 501. */
    private static final List<String> SERVICES = List.of(
            "data-science",
            "editor",
            "encryption",
            "import",
            "notification",
            "oauth",
            "query",
            "queue",
            "sandboxes",
            "scheduler",
            "stream",
            "sync-actions",
            "templates",
            "vault");

    static final String SERVICE_ROOT = "/services/";

    String stack() {
        return stackHost == null ? own.toString() : "https://" + stackHost;
    }

    /** The URL of each service by its id: with {@code connection.} a host beside the stack's, else a path below its URL. */
    Map<String, String> services() {
        Map<String, String> services = new LinkedHashMap<>();
        for (String id : SERVICES) {
            services.put(id, beside() ? "https://" + serviceHost(id) : stack() + SERVICE_ROOT + id);
        }
        return services;
    }

    private boolean beside() {
        return stackHost != null && stackHost.startsWith(CONNECTION);
    }

    private String serviceHost(String id) {
        return id + "." + String.valueOf(stackHost).substring(CONNECTION.length());
    }

    boolean isService(String path, String host) {
        return path.startsWith(SERVICE_ROOT)
                || (beside() && SERVICES.stream().anyMatch(id -> serviceHost(id).equals(host)));
    }

    static boolean isAddress(String host) {
        return host.equals("127.0.0.1");
    }

    URI google() {
        return ofClouds ? URI.create("https://storage.googleapis.com") : own;
    }

    URI azure() {
        return ofClouds ? URI.create("https://" + AzureProtocol.ACCOUNT + ".blob.core.windows.net") : own;
    }

    URI aws() {
        return ofClouds ? URI.create("https://s3." + AwsProtocol.REGION + ".amazonaws.com") : own;
    }

    /** All host names, in lower case, without IP addresses. */
    List<String> names(Dialect dialect) {
        List<String> names = new ArrayList<>(List.of("localhost"));
        if (stackHost != null) {
            names.add(stackHost);
            if (beside()) {
                SERVICES.forEach(id -> names.add(serviceHost(id)));
            }
        }
        names.addAll(ofClouds ? storeNames(dialect) : List.of());
        return names;
    }

    private static List<String> storeNames(Dialect dialect) {
        return switch (dialect) {
            case GOOGLE -> List.of("storage.googleapis.com", GoogleProtocol.BUCKET + ".storage.googleapis.com");
            case AZURE -> List.of(AzureProtocol.ACCOUNT + ".blob.core.windows.net");
            case AWS ->
                List.of(
                        "s3.amazonaws.com",
                        "s3." + AwsProtocol.REGION + ".amazonaws.com",
                        AwsProtocol.BUCKET + ".s3.amazonaws.com",
                        AwsProtocol.BUCKET + ".s3." + AwsProtocol.REGION + ".amazonaws.com");
        };
    }

    static String withoutPort(@Nullable String host) {
        return host == null ? "" : host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
    }
}
