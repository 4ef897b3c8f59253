// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.version;

import io.agnes.core.TableId;
import io.agnes.core.file.ContentDigest;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.StoredDigest;
import io.agnes.core.table.TableRecord;
import io.agnes.core.table.TableVersion;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of published content, the same in every store.
 *
 * <pre>
 * extracts/SOURCE/data/ID/SEQUENCE-DIGEST.parquet   a version, never changed
 * extracts/SOURCE/data/ID.parquet                   the plain name, a copy of the current version
 * </pre>
 */
public final class VersionName {
    private static final String EXTENSION = ".parquet";
    private static final int SHA_DIGITS = 12;

    /** SHA-256 is cut to twelve digits, CRC32C has eight. */
    private static final Pattern LAST_PART = Pattern.compile("([0-9]{1,18})-(?:[0-9a-f]{12}|[0-9a-f]{8})\\.parquet");

    private VersionName() {}

    /** The name of a version with this content. */
    public static String of(TableRecord table, long sequence, ContentDigest digest) {
        return folder(table.sourceType(), table.id()) + "/" + sequence + "-" + digits(digest) + EXTENSION;
    }

    private static String digits(ContentDigest digest) {
        return switch (digest) {
            case FileDigests read -> read.sha256().substring(0, SHA_DIGITS);
            case StoredDigest stored -> stored.crc32c();
        };
    }

    /** What the names of a table's versions begin with, without a slash at the end. */
    public static String folder(String sourceType, TableId table) {
        return "extracts/" + sourceType + "/data/" + table;
    }

    /** The plain name of the table that the version belongs to. */
    public static String plain(TableVersion version) {
        return version.name().substring(0, version.name().lastIndexOf('/')) + EXTENSION;
    }

    /** The plain name of a table. */
    public static String plain(TableRecord table) {
        return folder(table.sourceType(), table.id()) + EXTENSION;
    }

    /** The sequence in the last part of a version's name; empty if the text is no such part. */
    static OptionalLong sequence(String lastPart) {
        Matcher matcher = LAST_PART.matcher(lastPart);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }
}
