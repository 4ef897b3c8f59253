// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import java.util.regex.Pattern;

/** Texts as the audit keeps them: bounded, printable, and without tokens. */
final class AuditText {
    static final int LONGEST = 512;

    private static final Pattern TOKEN = Pattern.compile("agn_[A-Za-z0-9_-]{8,}");
    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");

    private AuditText() {}

    static String of(String text) {
        String cut = text.length() <= LONGEST ? text : text.substring(0, LONGEST);
        String whole = text.contains("agn_") ? TOKEN.matcher(text).replaceAll("agn_***") : cut;
        String safe = UNPRINTABLE.matcher(whole).replaceAll("?");
        return safe.length() <= LONGEST ? safe : safe.substring(0, LONGEST);
    }
}
