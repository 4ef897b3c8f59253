// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Routes about the stack and its project: index, token, branches. */
final class ProjectRoutes {
    static final String PROJECT = "578";
    private static final long BRANCH_ID = 123;

    private final HostNames hosts;
    private final Backend backend;
    private final Dialect dialect;
    private final ManualClock clock;

    ProjectRoutes(HostNames hosts, Backend backend, Dialect dialect, ManualClock clock) {
        this.hosts = hosts;
        this.backend = backend;
        this.dialect = dialect;
        this.clock = clock;
    }

    Response index(Request request, String id) {
        return Response.json(
                200,
                Json.object(
                        "api",
                        "storage",
                        "version",
                        "v2",
                        "revision",
                        "fake",
                        "documentation",
                        "https://keboola.docs.apiary.io/",
                        "components",
                        List.of(),
                        "services",
                        services(),
                        "features",
                        List.of(),
                        "urlTemplates",
                        Map.of()));
    }

    private List<Map<String, @Nullable Object>> services() {
        List<Map<String, @Nullable Object>> services = new ArrayList<>();
        hosts.services().forEach((id, url) -> services.add(Json.object("id", id, "url", url)));
        return services;
    }

    Response token(Request request, String id) {
        return Response.json(
                200,
                Json.object(
                        "id",
                        "27978",
                        "description",
                        "etl@example.com",
                        "created",
                        PhpTime.write(clock.instant()),
                        "isMasterToken",
                        true,
                        "canManageBuckets",
                        true,
                        "canReadAllFileUploads",
                        true,
                        "expires",
                        null,
                        "isExpired",
                        false,
                        "isDisabled",
                        false,
                        "bucketPermissions",
                        List.of(),
                        "componentAccess",
                        List.of(),
                        "admin",
                        Json.object(
                                "id",
                                59,
                                "name",
                                "Etl",
                                "features",
                                List.of(),
                                "isOrganizationMember",
                                true,
                                "role",
                                "admin"),
                        "organization",
                        Json.object("id", "1"),
                        "owner",
                        owner()));
    }

    private Map<String, @Nullable Object> owner() {
        Map<String, @Nullable Object> limits =
                Json.object("storage.jobsParallelism", Json.object("name", "storage.jobsParallelism", "value", 10));
        return Json.object(
                "id",
                Long.valueOf(PROJECT),
                "name",
                "Fake",
                "type",
                "production",
                "region",
                "local",
                "features",
                List.of(),
                "defaultBackend",
                backend.apiName(),
                "assignedBackends",
                List.of(backend.apiName()),
                "hasSnowflake",
                backend == Backend.SNOWFLAKE,
                "hasBigquery",
                backend == Backend.BIGQUERY,
                "fileStorageProvider",
                provider(),
                "limits",
                limits,
                "isDisabled",
                false);
    }

    private String provider() {
        return switch (dialect) {
            case GOOGLE -> "gcp";
            case AWS -> "aws";
            case AZURE -> "azure";
        };
    }

    Response branches(Request request, String id) {
        return Response.json(200, List.of(mainBranch()));
    }

    Response branch(Request request, String id) {
        if (!isKnownBranch(id)) {
            throw ErrorResponseException.api(404, 404, "Branch id:\"" + id + "\" was not found");
        }
        return Response.json(200, mainBranch());
    }

    static boolean isKnownBranch(String id) {
        return id.equals("default") || id.equals(String.valueOf(BRANCH_ID));
    }

    private Map<String, @Nullable Object> mainBranch() {
        return Json.object(
                "id",
                BRANCH_ID,
                "name",
                "Main",
                "description",
                "",
                "created",
                PhpTime.write(clock.instant()),
                "isDefault",
                true);
    }
}
