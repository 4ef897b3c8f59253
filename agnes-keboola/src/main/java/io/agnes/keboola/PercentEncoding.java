// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.nio.charset.StandardCharsets;

/** Percent escapes: each byte of UTF-8 that is not a letter, digit, {@code -}, {@code .}, {@code _} or {@code ~}. */
final class PercentEncoding {
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private PercentEncoding() {}

    /** One segment of a path; a slash is escaped. */
    static String segment(String text) {
        return escape(text, UNRESERVED);
    }

    /** A path; slashes stay. */
    static String path(String text) {
        return escape(text, UNRESERVED + "/");
    }

    private static String escape(String text, String kept) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (kept.indexOf(b) >= 0) {
                escaped.append((char) b);
            } else {
                escaped.append('%').append(String.format("%02X", b & 0xff));
            }
        }
        return escaped.toString();
    }
}
