// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a list request. A page ends after {@link #limit} objects and prefixes together.
 *
 * @param after the last name or prefix of the previous page; empty for the first page
 * @param start the first name to list, or empty
 * @param end the first name not to list, or empty for no end
 */
record ObjectListing(String prefix, String delimiter, String after, String start, String end, int limit) {
    static final int MAX_RESULTS = 1000;

    /** @throws CloudRefusal 400 if a parameter is invalid */
    static ObjectListing of(Map<String, String> parameters) {
        Long most = Preconditions.number(parameters, "maxResults");
        if (most != null && most < 0) {
            throw CloudRefusal.invalid("Invalid value for maxResults: " + most);
        }
        return new ObjectListing(
                parameters.getOrDefault("prefix", ""),
                parameters.getOrDefault("delimiter", ""),
                name(parameters.getOrDefault("pageToken", "")),
                parameters.getOrDefault("startOffset", ""),
                parameters.getOrDefault("endOffset", ""),
                most == null || most == 0 ? MAX_RESULTS : (int) Math.min(MAX_RESULTS, most));
    }

    private static String name(String pageToken) {
        try {
            return new String(Base64.getUrlDecoder().decode(pageToken), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw CloudRefusal.invalid("Invalid page token");
        }
    }

    /** A page. The token is null after the last one. */
    record Page(
            List<CloudObject> objects,
            List<String> prefixes,
            @Nullable String nextToken) {}

    /** @param objects the objects of one bucket with this prefix, in the order of their names */
    Page page(List<CloudObject> objects) {
        List<CloudObject> items = new ArrayList<>();
        List<String> prefixes = new ArrayList<>();
        String last = after;
        for (CloudObject object : objects) {
            String key = object.name().key();
            String entry = entry(key);
            if (!isWithin(key) || (!last.isEmpty() && compare(entry, last) <= 0)) {
                continue;
            }
            if (items.size() + prefixes.size() == limit) {
                return new Page(items, prefixes, token(last));
            }
            last = entry;
            if (isPrefix(key)) {
                prefixes.add(entry);
            } else {
                items.add(object);
            }
        }
        return new Page(items, prefixes, null);
    }

    /** The prefix that stands for a name in the list, or the name. */
    private String entry(String key) {
        return isPrefix(key) ? key.substring(0, key.indexOf(delimiter, prefix.length()) + delimiter.length()) : key;
    }

    private boolean isPrefix(String key) {
        return !delimiter.isEmpty() && key.indexOf(delimiter, prefix.length()) >= 0;
    }

    private boolean isWithin(String key) {
        return (start.isEmpty() || compare(key, start) >= 0) && (end.isEmpty() || compare(key, end) < 0);
    }

    private static int compare(String one, String other) {
        return new ObjectName("", one).compareTo(new ObjectName("", other));
    }

    private static String token(String last) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Signer.utf8(last));
    }
}
