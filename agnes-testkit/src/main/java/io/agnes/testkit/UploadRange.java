// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header Content-Range of an upload.
 *
 * @param first the offset of the first byte, or null for a request without bytes
 * @param last the offset of the last byte, or null for a request without bytes
 * @param total the size of the object, or null if it is not known yet
 */
record UploadRange(
        @Nullable Long first, @Nullable Long last, @Nullable Long total) {
    private static final Pattern FORM =
            Pattern.compile("bytes (?:(?<first>\\d{1,18})-(?<last>\\d{1,18})|\\*)/(?:(?<total>\\d{1,18})|\\*)");

    /** @throws CloudRefusal 400 if the header is malformed */
    static UploadRange of(String header) {
        Matcher matcher = FORM.matcher(header);
        if (!matcher.matches()) {
            throw CloudRefusal.invalid("Failed to parse Content-Range header.");
        }
        return new UploadRange(
                number(matcher.group("first")), number(matcher.group("last")), number(matcher.group("total")));
    }

    private static @Nullable Long number(@Nullable String digits) {
        return digits == null ? null : Long.valueOf(digits);
    }
}
