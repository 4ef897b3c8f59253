// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts the outcomes of the tables of one run. Safe for use by the run's workers. */
final class RunTally {
    /** The outcomes in the order of the log line. */
    private enum Word {
        PUBLISHED("published"),
        UNCHANGED("unchanged"),
        SKIPPED("skipped"),
        REFUSED_EMPTY("refused_empty"),
        FAILED("failed");

        private final String text;

        Word(String text) {
            this.text = text;
        }

        static Word of(TableOutcome outcome) {
            return switch (outcome) {
                case TableOutcome.Published published -> PUBLISHED;
                case TableOutcome.Unchanged unchanged -> UNCHANGED;
                case TableOutcome.Skipped skipped -> SKIPPED;
                case TableOutcome.RefusedEmpty refused -> REFUSED_EMPTY;
                case TableOutcome.Failed failed -> FAILED;
            };
        }
    }

    private final Map<Word, Integer> tables = new EnumMap<>(Word.class);
    private long rows;
    private long bytes;
    private boolean broken;

    synchronized void add(TableOutcome outcome) {
        tables.merge(Word.of(outcome), 1, Integer::sum);
        if (outcome instanceof TableOutcome.Published published) {
            rows += published.rows();
            bytes += published.bytes();
        }
    }

    /** Notes that a worker ended before its tables did. */
    synchronized void breakOff() {
        broken = true;
    }

    /** The status of the ended run, unless it was cancelled. */
    synchronized SyncRun.Status status() {
        int failed = tables.getOrDefault(Word.FAILED, 0);
        if (broken) {
            return SyncRun.Status.FAILED;
        }
        if (failed == 0) {
            return SyncRun.Status.SUCCEEDED;
        }
        boolean all = tables.values().stream().mapToInt(Integer::intValue).sum() == failed;
        return all ? SyncRun.Status.FAILED : SyncRun.Status.PARTIAL;
    }

    /** The counts that are not zero, as {@code published=2 failed=1 rows=10 bytes=2048}. */
    @Override
    public synchronized String toString() {
        List<String> words = new ArrayList<>();
        tables.forEach((word, count) -> words.add(word.text + "=" + count));
        if (tables.containsKey(Word.PUBLISHED)) {
            words.add("rows=" + rows);
            words.add("bytes=" + bytes);
        }
        return words.isEmpty() ? "tables=0" : String.join(" ", words);
    }
}
