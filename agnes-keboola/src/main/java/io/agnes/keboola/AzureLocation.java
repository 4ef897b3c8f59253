// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Azure Blob Storage. A shared access signature for one container is valid for about twelve hours. */
record AzureLocation(URI endpoint, String container, String key, Secret signature, Duration idle)
        implements StorageLocation {
    private static final Pattern HOST =
            Pattern.compile("\\A[a-z0-9-]+\\.blob\\.core\\.(windows\\.net|chinacloudapi\\.cn)\\z");
    private static final String VERSION = "2021-08-06";
    private static final int FORBIDDEN = 403;

    static AzureLocation of(ExportFile.Detail detail, KeboolaConfig config) {
        Map<String, String> parts = parts(detail.text("absCredentials", "SASConnectionString"));
        String signature = parts.getOrDefault("SharedAccessSignature", "");
        URI endpoint = URI.create(parts.getOrDefault("BlobEndpoint", "").replaceAll("/+$", ""));
        if (signature.isBlank() || endpoint.getHost() == null) {
            throw KeboolaException.storageUnknown(detail.id(), "the connection string has no endpoint or no signature");
        }
        boolean azure = "https".equals(endpoint.getScheme())
                && HOST.matcher(endpoint.getHost()).matches();
        if (!azure && !config.privateTargets()) {
            throw KeboolaException.targetRefused(endpoint.getHost());
        }
        return new AzureLocation(
                endpoint,
                detail.text("absPath", "container"),
                detail.text("absPath", "name"),
                Secret.of(signature),
                config.sliceIdleTimeout());
    }

    /** Only the first equals sign of a part separates: the signature has more of them. */
    private static Map<String, String> parts(String connection) {
        Map<String, String> parts = new HashMap<>();
        for (String part : connection.split(";", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                parts.put(part.substring(0, equals), part.substring(equals + 1));
            }
        }
        return parts;
    }

    @Override
    public String prefix() {
        return "azure://" + endpoint.getRawAuthority() + endpoint.getRawPath() + "/" + container + "/";
    }

    @Override
    public List<String> webPrefixes() {
        return List.of(endpoint + "/" + PercentEncoding.segment(container) + "/");
    }

    /** In its first second a container may answer 403 to a good signature. */
    @Override
    public Transport.Request read(String name, String range, Instant now) {
        URI uri = URI.create(endpoint + "/" + PercentEncoding.segment(container) + "/" + PercentEncoding.path(name)
                + "?" + signature.reveal());
        return Transport.Request.read(uri, StorageLocation.ranged(range, Map.of("x-ms-version", VERSION)), idle)
                .passing(FORBIDDEN);
    }

    /** Blob Storage supports only ranges with a first byte. */
    @Override
    public boolean readsSuffixes() {
        return false;
    }

    @Override
    public boolean mayBeExpired(int status, String body) {
        return status == FORBIDDEN;
    }
}
