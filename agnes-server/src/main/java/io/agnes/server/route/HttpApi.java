// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.api.Endpoint;
import java.util.List;
import java.util.stream.Stream;

/** Every endpoint of the HTTP API, group by group. The server does not start if it differs from the routes. */
public final class HttpApi {
    /** Every endpoint. */
    public static final List<Endpoint> ENDPOINTS = Stream.of(
                    DataApi.ENDPOINTS,
                    CatalogApi.ENDPOINTS,
                    SyncApi.ENDPOINTS,
                    RegistryApi.ENDPOINTS,
                    MetadataCacheApi.ENDPOINTS,
                    AccessApi.ENDPOINTS,
                    AuditApi.ENDPOINTS,
                    BackupApi.ENDPOINTS,
                    OperationsApi.ENDPOINTS)
            .flatMap(List::stream)
            .toList();

    private HttpApi() {}
}
