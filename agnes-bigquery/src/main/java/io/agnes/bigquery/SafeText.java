// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery;

import io.agnes.core.Printable;
import java.util.regex.Pattern;

/** Makes a text of Google safe to print and to store: one line, bounded, without secrets. */
final class SafeText {
    /** The most characters of a message. */
    static final int LONGEST = 512;

    private static final String HIDDEN = "***";
    private static final String ELLIPSIS = "...";
    private static final Pattern KEY = Pattern.compile(
            "-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\\z)", Pattern.DOTALL);
    // Access tokens of Google, and signed tokens of anybody.
    private static final Pattern TOKEN = Pattern.compile("ya29\\.[\\w.-]+|\\beyJ[\\w-]+\\.[\\w-]+\\.[\\w-]*");
    private static final Pattern NAMED = Pattern.compile(
            "(?i)\\b(access_token|refresh_token|id_token|client_secret|private_key|private_key_id|assertion|upload_id"
                    + "|x-goog-signature|x-goog-credential|bearer)(\"?\\s*[=: ]\\s*\"?)[^\"&\\s,}]+");

    private SafeText() {}

    static String of(String text) {
        String safe = KEY.matcher(text).replaceAll(HIDDEN);
        safe = TOKEN.matcher(safe).replaceAll(HIDDEN);
        safe = NAMED.matcher(safe).replaceAll("$1$2" + HIDDEN);
        safe = Printable.of(safe);
        return safe.length() <= LONGEST ? safe : cut(safe);
    }

    /** Never between the two halves of a character. */
    private static String cut(String text) {
        int end = LONGEST - ELLIPSIS.length();
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + ELLIPSIS;
    }
}
