// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The page of a list that a client asked for.
 *
 * @param offset the number of entries before it
 * @param size the most entries in it
 */
record GooglePage(long offset, long size) {
    private static final String PREFIX = "page ";

    /**
     * @param maxResults the client's limit, or null
     * @param most the limit of the service
     * @throws GoogleJobException 400 if the page token is not one of the service's
     */
    static GooglePage of(@Nullable String pageToken, @Nullable Long startIndex, @Nullable Long maxResults, long most) {
        long size = maxResults == null ? most : Math.max(0, Math.min(maxResults, most));
        if (pageToken == null) {
            return new GooglePage(startIndex == null ? 0 : startIndex, size);
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(pageToken), StandardCharsets.UTF_8);
            if (text.startsWith(PREFIX)) {
                return new GooglePage(Long.parseLong(text.substring(PREFIX.length())), size);
            }
        } catch (IllegalArgumentException e) {
            // The same error as for other texts.
        }
        throw GoogleJobException.invalid("Invalid page token: " + pageToken);
    }

    static GooglePage of(Map<String, String> parameters, long most) {
        GoogleFields fields = GoogleFields.of(parameters);
        return of(fields.text("pageToken"), fields.number("startIndex"), fields.number("maxResults"), most);
    }

    /** The token of the next page, or null if this is the last of so many entries. */
    @Nullable
    String next(long total) {
        long end = offset + size;
        return end >= total ? null : token(end);
    }

    private static String token(long offset) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Signer.utf8(PREFIX + offset));
    }

    <T> List<T> of(List<T> all) {
        int start = (int) Math.min(offset, all.size());
        return all.subList(start, (int) Math.min(start + size, all.size()));
    }
}
