// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The destination of an export: {@code gs://bucket/name}, where one {@code *} in the name stands for the number of a shard.
 *
 * @param before the part of the name before the {@code *}, or the whole name
 * @param after the part behind it
 * @param wildcard whether there is a {@code *}
 */
record ShardPattern(String bucket, String before, String after, boolean wildcard) {
    private static final Pattern URI = Pattern.compile("gs://([^/*]+)/([^*]*)(\\*?)([^*]*)");

    /** @throws GoogleJobException if the URI has another form, or more than one {@code *} */
    static ShardPattern of(String uri) {
        Matcher matcher = URI.matcher(uri);
        if (!matcher.matches()) {
            throw GoogleJobException.invalid("Invalid extract destination URI '" + uri
                    + "'. Must be a valid Google Storage path with at most one wildcard.");
        }
        return new ShardPattern(
                matcher.group(1),
                matcher.group(2),
                matcher.group(4),
                !matcher.group(3).isEmpty());
    }

    /** The name of a shard; its number has 12 digits. */
    String name(int shard) {
        return wildcard ? before + String.format("%012d", shard) + after : before;
    }

    @Override
    public String toString() {
        return "gs://" + bucket + "/" + before + (wildcard ? "*" : "") + after;
    }
}
