// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.Problems;

/**
 * When copying row groups is worth it, and how a plan is made. The defaults come from measurements over merged files
 * of 46 and of 10 columns with row groups of 500 to 122,880 rows, queried by DuckDB: at 0.5 % a query costs two to
 * four times what it costs on a rewritten file, at 0.3 % about the same.
 *
 * @param footerShare merged footer divided by data bytes, above which parts are rewritten
 * @param notedShare the share above which a merge goes ahead with {@link Note.SmallRowGroups}
 * @param smallFooterBytes up to this size a merged footer is never a reason, whatever its share
 * @param goodGroupRows if the median row group has this many rows, the share is no reason: long statistics inflate it
 * @param chunks row groups times columns, above which parts are rewritten; readers open 100,000 in 0.15 to 1 s
 * @param footerBytes merged footer above which parts are rewritten
 * @param readsAtOnce how many parts' tails are read at the same time
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
    /** Most reads at once that a plan makes. */
    public static final int MOST_READS_AT_ONCE = 256;

    private static final MergeRules STANDARD =
            new MergeRules(0.005, 0.003, 256 << 10, 16_000, 100_000, 16 << 20, 16, false);

    /** @throws IllegalArgumentException naming everything that is out of bounds */
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

    /** Rules by which all parts must name the same writer. */
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

    /** What was measured. */
    public static MergeRules standard() {
        return STANDARD;
    }

    /** Copies whatever can be copied up to the hard limits, however small its row groups. */
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
     * Copies whatever its row groups are, however many and small, and notes it; a merged footer that is larger than
     * {@code footerBytes} would not open here, and stays a reason.
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

    /** Copies parts of different writers. */
    public MergeRules withAnyWriter() {
        return new MergeRules(
                footerShare, notedShare, smallFooterBytes, goodGroupRows, chunks, footerBytes, readsAtOnce, true);
    }

    /** With so many tails read at the same time. */
    public MergeRules withReadsAtOnce(int readsAtOnce) {
        return new MergeRules(
                footerShare, notedShare, smallFooterBytes, goodGroupRows, chunks, footerBytes, readsAtOnce, anyWriter);
    }
}
