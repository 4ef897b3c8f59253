// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** Ends the handling of a request to {@link FakeCloudStorage} with an error, which each API words in its own way. */
final class CloudRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The kinds of errors with their status, their reason in JSON and their code in XML. */
    enum Reason {
        INVALID(400, "invalid", "InvalidArgument"),
        BAD_DIGEST(400, "invalid", "BadDigest"),
        EXPIRED_URL(400, "invalid", "ExpiredToken"),
        QUERY_PARAMETERS(400, "invalid", "AuthorizationQueryParametersError"),
        LOGIN_REQUIRED(401, "required", "AuthenticationRequired"),
        INVALID_TOKEN(401, "authError", "AuthenticationRequired"),
        FORBIDDEN(403, "forbidden", "AccessDenied"),
        SCOPE(403, "insufficientPermissions", "AccessDenied"),
        SIGNATURE(403, "forbidden", "SignatureDoesNotMatch"),
        BUCKET_NOT_FOUND(404, "notFound", "NoSuchBucket"),
        OBJECT_NOT_FOUND(404, "notFound", "NoSuchKey"),
        NOT_MODIFIED(304, "notModified", "NotModified"),
        CONFLICT(409, "conflict", "Conflict"),
        CONDITION_NOT_MET(412, "conditionNotMet", "PreconditionFailed"),
        TOO_LARGE(413, "uploadTooLarge", "EntityTooLarge"),
        RANGE(416, "requestedRangeNotSatisfiable", "InvalidRange"),
        RATE_LIMIT(429, "rateLimitExceeded", "SlowDown");

        final int status;
        final String json;
        final String xml;

        Reason(int status, String json, String xml) {
            this.status = status;
            this.json = json;
            this.xml = xml;
        }
    }

    private final Reason reason;
    private final String text;

    CloudRefusal(Reason reason, String text) {
        super(text, null, false, false);
        this.reason = reason;
        this.text = text;
    }

    static CloudRefusal conditionNotMet() {
        return new CloudRefusal(
                Reason.CONDITION_NOT_MET, "At least one of the pre-conditions you specified did not hold.");
    }

    static CloudRefusal invalid(String message) {
        return new CloudRefusal(Reason.INVALID, message);
    }

    Reason reason() {
        return reason;
    }

    /** The error as the JSON API sends it. */
    Response json() {
        return switch (reason) {
            case NOT_MODIFIED -> Response.empty(304);
            case RANGE -> Response.text(416, "text/html; charset=UTF-8", "Request range not satisfiable");
            case LOGIN_REQUIRED -> GoogleErrors.located(401, reason.json, text, "Authorization");
            case INVALID_TOKEN -> new GoogleErrors().expired();
            case CONDITION_NOT_MET -> GoogleErrors.located(412, reason.json, text, "If-Match");
            default -> GoogleErrors.of(reason.status, reason.json, text);
        };
    }

    /** The error as the XML API sends it. */
    Response xml() {
        return reason == Reason.NOT_MODIFIED ? Response.empty(304) : xml(reason.status, reason.xml, text);
    }

    static Response xml(int status, String code, String message) {
        return Response.text(
                status,
                "application/xml; charset=UTF-8",
                "<?xml version='1.0' encoding='UTF-8'?><Error><Code>" + code + "</Code><Message>" + escaped(message)
                        + "</Message></Error>");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
