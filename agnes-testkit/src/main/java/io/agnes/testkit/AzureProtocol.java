// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The protocol of Azure Blob Storage: a container for each export and service SAS of version 2017-11-09. */
final class AzureProtocol implements StoreProtocol {
    static final String ACCOUNT = "kbcfiles";
    private static final String VERSION = "2017-11-09";
    /** A signature is valid from this long before it was made, because clocks differ. */
    private static final Duration HEAD_START = Duration.ofMinutes(15);

    private static final Pattern ADDRESS = Pattern.compile("/(?<container>[^/]+)/(?<blob>.+)");

    private final URI endpoint;
    private final ManualClock clock;
    private final Duration credentialLife;
    private final Duration urlLife;
    private final Signer signer = new Signer();

    AzureProtocol(URI endpoint, ManualClock clock, Duration credentialLife, Duration urlLife) {
        this.endpoint = endpoint;
        this.clock = clock;
        this.credentialLife = credentialLife;
        this.urlLife = urlLife;
    }

    /** Contains the host and port of the blob endpoint, because clients compare them with the connection string. */
    @Override
    public String manifestEntry(ObjectName name) {
        return "azure://" + endpoint.getAuthority() + name.path();
    }

    @Override
    public ObjectName place(String tableId, long fileId, String fileName) {
        String table = tableId.replaceAll("[^A-Za-z0-9]+", "-").toLowerCase(Locale.ROOT);
        return new ObjectName("exp-2-export-578-" + fileId + "-" + table, fileName);
    }

    @Override
    public Map<String, @Nullable Object> describe(FakeFile file, boolean credentials) {
        ObjectName entry = file.entry().name();
        String url = endpoint + SignatureV4.encode(entry.path(), true) + "?" + sas("b", entry.path(), "r", urlLife);
        Map<String, @Nullable Object> fields =
                Json.object("provider", "azure", "region", "north-europe", "isEncrypted", true, "url", url);
        fields.put(
                "absPath",
                Json.object(
                        "container", file.base().bucket(), "name", file.base().key()));
        if (credentials) {
            String sas = sas("c", "/" + file.base().bucket(), "rl", credentialLife);
            fields.put(
                    "absCredentials",
                    Json.object(
                            "SASConnectionString",
                            "BlobEndpoint=" + endpoint + ";SharedAccessSignature=" + sas,
                            "expiration",
                            PhpTime.write(clock.instant().plus(credentialLife))));
        }
        return fields;
    }

    private String sas(String resource, String path, String permissions, Duration life) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("sv", VERSION);
        fields.put("sr", resource);
        fields.put("st", now.minus(HEAD_START).toString());
        fields.put("se", now.plus(life).toString());
        fields.put("sp", permissions);
        fields.put("sig", signature(fields, path));
        StringBuilder query = new StringBuilder();
        fields.forEach((name, value) -> query.append(query.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(SignatureV4.encode(value, false)));
        return query.toString();
    }

    /** The signature of the SAS fields. The eight fields that this fake never sets are signed as empty text. */
    private String signature(Map<String, String> fields, String path) {
        String toSign = String.join(
                "\n",
                fields.getOrDefault("sp", ""),
                fields.getOrDefault("st", ""),
                fields.getOrDefault("se", ""),
                "/blob/" + ACCOUNT + path,
                fields.getOrDefault("si", ""),
                fields.getOrDefault("sip", ""),
                fields.getOrDefault("spr", ""),
                fields.getOrDefault("sv", ""),
                fields.getOrDefault("rscc", ""),
                fields.getOrDefault("rscd", ""),
                fields.getOrDefault("rsce", ""),
                fields.getOrDefault("rscl", ""),
                fields.getOrDefault("rsct", ""));
        return Base64.getEncoder().encodeToString(Signer.hmac(Signer.utf8(signer.sign("account key")), toSign));
    }

    @Override
    public ObjectName locate(Request request) {
        Matcher matcher = ADDRESS.matcher(request.path());
        if (!matcher.matches()) {
            throw new ErrorResponseException(
                    xml(404, "ResourceNotFound", "The specified resource does not exist.", ""));
        }
        return new ObjectName(matcher.group("container"), Request.decodePath(matcher.group("blob")));
    }

    @Override
    public void authorize(Request request, ObjectName name) {
        Map<String, String> fields = request.parameters();
        if (!fields.containsKey("sig")) {
            throw new ErrorResponseException(
                    xml(404, "ResourceNotFound", "The specified resource does not exist.", ""));
        }
        String path = "c".equals(fields.get("sr")) ? "/" + name.bucket() : name.path();
        if (!Signer.same(signature(fields, path), fields.getOrDefault("sig", ""))) {
            throw new ErrorResponseException(failed("Signature did not match."));
        }
        checkTime(fields.getOrDefault("st", ""), fields.getOrDefault("se", ""));
        if (!fields.getOrDefault("sp", "").contains("r")) {
            throw new ErrorResponseException(xml(
                    403,
                    "AuthorizationPermissionMismatch",
                    "This request is not authorized to perform this operation using this permission.",
                    ""));
        }
    }

    /** Parses both times without checks, because the signature proved that this fake wrote them. */
    private void checkTime(String start, String expiry) {
        Instant now = clock.instant();
        if (now.isBefore(Instant.parse(start)) || !now.isBefore(Instant.parse(expiry))) {
            throw new ErrorResponseException(failed("Signature not valid in the specified time frame: Start [" + start
                    + "] - Expiry [" + expiry + "] - Current [" + now + "]"));
        }
    }

    private static Response failed(String detail) {
        return xml(
                403,
                "AuthenticationFailed",
                "Server failed to authenticate the request. Make sure the value of Authorization header is formed"
                        + " correctly including the signature.",
                "<AuthenticationErrorDetail>" + detail + "</AuthenticationErrorDetail>");
    }

    private static Response xml(int status, String code, String message, String detail) {
        return Response.xml(
                        status,
                        "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>" + code + "</Code><Message>"
                                + message + "</Message>" + detail + "</Error>")
                .with("x-ms-error-code", code);
    }

    @Override
    public Response error(StoreFailure error) {
        return switch (error) {
            case NOT_FOUND -> xml(404, "BlobNotFound", "The specified blob does not exist.", "");
            case METHOD -> xml(405, "UnsupportedHttpVerb", "The resource doesn't support specified Http Verb.", "");
            case CHANGED ->
                xml(412, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.", "");
            case RANGE ->
                xml(416, "InvalidRange", "The range specified is invalid for the current size of the resource.", "");
            case EXPIRED -> failed("Signature not valid in the specified time frame");
        };
    }

    @Override
    public @Nullable String range(Request request) {
        String own = request.header("x-ms-range");
        return own == null ? request.header("range") : own;
    }

    @Override
    public Map<String, String> objectHeaders(StoredObject object) {
        return Map.of("x-ms-blob-type", "BlockBlob", "x-ms-version", VERSION);
    }
}
