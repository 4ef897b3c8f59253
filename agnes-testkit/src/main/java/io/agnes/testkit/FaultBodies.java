// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Makes and changes the bodies of responses with a fault. */
final class FaultBodies {
    private FaultBodies() {}

    /** The body of an API error with this status. */
    static String apiError(int code) {
        return switch (code) {
            case 401 -> apiError("Invalid access token", "storage.tokenInvalid");
            case 403 -> apiError("You don't have access to the resource.", "accessDenied");
            default ->
                apiError(
                        code >= 500 ? "Application error. Please contact support@keboola.com" : "Refused by the test",
                        "");
        };
    }

    private static String apiError(String text, String code) {
        return Json.write(Json.object(
                "error", text, "code", code, "exceptionId", ErrorResponseException.exceptionId(), "status", "error"));
    }

    /** The XML body of an object store error with this status. */
    static String storeError(int code) {
        String name = switch (code) {
            case 403 -> "AccessDenied";
            case 404 -> "NoSuchKey";
            case 429, 503 -> "SlowDown";
            default -> "InternalError";
        };
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + name + "</Code><Message>Refused by the test"
                + "</Message></Error>";
    }

    /** The bytes of a body, read into memory. */
    static byte[] bytes(Response answer) {
        return answer.body().bytes();
    }

    /** Random bytes, the same for each length. */
    static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new Random(length).nextBytes(noise);
        return noise;
    }

    static byte[] unzip(byte[] bytes) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
