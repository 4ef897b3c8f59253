// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.Problems;

/**
 * The limits within which a merge by copying is better than a rewrite. The defaults come from DuckDB queries over merged
 * files of 46 and of 10 columns with row groups of 500 to 122,880 rows: with a footer share of 0.5 % a query takes two to
 * four times as long as on a rewritten file, with 0.3 % about as long.
 *
 * @param footerShare above this ratio of merged footer to data bytes, parts are rewritten
 * @param notedShare above this ratio a merge has {@link Note.SmallRowGroups}
 * @param smallFooterBytes a merged footer up to this size is accepted at any ratio
 * @param goodGroupRows if the median row group has this many rows, any ratio is accepted, since long statistics inflate it
 * @param chunks above this number of row groups times columns, parts are rewritten; readers open 100,000 in 0.15 to 1 s
 * @param footerBytes above this length of the merged footer, parts are rewritten
 * @param readsAtOnce the number of parts whose tails are read at the same time
 * @param anyWriter whether parts with different {@code created_by} are copied, with {@link Note.WritersDiffer}
 */
public record MergeRules(
        double footerShare,
        double notedShare,
        long smallFooterBytes,
        long goodGroupRows,
        long chunks,
        long footerBytes,
        int readsAtOnce,
        boolean anyWriter) {
    /** The largest {@code readsAtOnce}. */
    public static final int MOST_READS_AT_ONCE = 256;

    private static final MergeRules STANDARD =
            new MergeRules(0.005, 0.003, 256 << 10, 16_000, 100_000, 16 << 20, 16, false);

    /** @throws IllegalArgumentException with all values that are out of bounds */
    public MergeRules {
        new Problems("merge rules")
                .require(footerShare > 0, "footer-share must be positive")
                .require(
                        notedShare > 0 && notedShare <= footerShare,
                        "noted-share must be positive and at most footer-share")
                .require(smallFooterBytes >= 0, "small-footer-bytes must not be negative")
                .require(goodGroupRows >= 1, "good-group-rows must be positive")
                .require(chunks >= 1, "chunks must be positive")
                .require(
                        footerBytes >= 1 && footerBytes <= ParquetLimits.FOOTER_BYTES,
                        "footer-bytes must be 1 to " + ParquetLimits.FOOTER_BYTES)
                .require(
                        readsAtOnce >= 1 && readsAtOnce <= MOST_READS_AT_ONCE,
                        "reads-at-once must be 1 to " + MOST_READS_AT_ONCE)
                .throwIfAny();
    }

    /** Rules that require the same {@code created_by} in all parts. */
    public MergeRules(
            double footerShare,
            double notedShare,
            long smallFooterBytes,
            long goodGroupRows,
            long chunks,
            long footerBytes,
            int readsAtOnce) {
        this(footerShare, notedShare, smallFooterBytes, goodGroupRows, chunks, footerBytes, readsAtOnce, false);
    }

    /** The measured defaults. */
    public static MergeRules standard() {
        return STANDARD;
    }

    /** A copy without limits on the footer share, so row groups may have any size. The limits on bytes and chunks stay. */
    public MergeRules withoutShare() {
        return new MergeRules(
                Double.MAX_VALUE,
                Double.MAX_VALUE,
                smallFooterBytes,
                goodGroupRows,
                chunks,
                footerBytes,
                readsAtOnce,
                anyWriter);
    }

    /**
     * A copy that allows row groups of any size and number, with a note. A merged footer beyond {@code footerBytes} still
     * needs a rewrite, since this package could not open it.
     */
    public MergeRules withSmallRowGroups() {
        return new MergeRules(
                Double.MAX_VALUE,
                notedShare,
                smallFooterBytes,
                goodGroupRows,
                Long.MAX_VALUE,
                footerBytes,
                readsAtOnce,
                anyWriter);
    }

    /** A copy that allows parts of different writers. */
    public MergeRules withAnyWriter() {
        return new MergeRules(
                footerShare, notedShare, smallFooterBytes, goodGroupRows, chunks, footerBytes, readsAtOnce, true);
    }

    /** A copy with another number of reads at the same time. */
    public MergeRules withReadsAtOnce(int readsAtOnce) {
        return new MergeRules(
                footerShare, notedShare, smallFooterBytes, goodGroupRows, chunks, footerBytes, readsAtOnce, anyWriter);
    }
}
