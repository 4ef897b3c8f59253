// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the rows of a table are divided, so that a query reads some of them alone. */
public sealed interface Partitioning {
    /** The pseudo-column of tables that are partitioned by the time of loading. */
    String TIME_OF_LOADING = "_PARTITIONTIME";

    /** The column whose values decide. */
    String column();

    /** The same as text, as {@code DAY(created_at)} or {@code RANGE(customer, 0, 100, 10)}; {@link #parse} reads it. */
    String text();

    /**
     * By a column of time, or by the time of loading.
     *
     * @param unit {@code HOUR}, {@code DAY}, {@code MONTH} or {@code YEAR}
     */
    record ByTime(String unit, String column) implements Partitioning {
        @Override
        public String text() {
            return unit + "(" + column + ")";
        }
    }

    /**
     * By a column of whole numbers.
     *
     * @param start of the first partition
     * @param end behind the last partition
     * @param interval of one partition
     */
    record ByRange(String column, long start, long end, long interval) implements Partitioning {
        @Override
        public String text() {
            return "RANGE(" + column + ", " + start + ", " + end + ", " + interval + ")";
        }
    }

    /** Reads what {@link #text} writes; nothing if the text is something else. */
    static Optional<Partitioning> parse(String text) {
        Matcher range = Texts.RANGE.matcher(text);
        if (range.matches()) {
            return Optional.of(new ByRange(
                    range.group(1),
                    Long.parseLong(range.group(2)),
                    Long.parseLong(range.group(3)),
                    Long.parseLong(range.group(4))));
        }
        Matcher time = Texts.TIME.matcher(text);
        return time.matches() ? Optional.of(new ByTime(time.group(1), time.group(2))) : Optional.empty();
    }

    /** The texts of both. */
    final class Texts {
        // A whole number of 64 bits has at most 19 digits.
        private static final Pattern RANGE =
                Pattern.compile("RANGE\\((.+), (-?\\d{1,19}), (-?\\d{1,19}), (-?\\d{1,19})\\)", Pattern.DOTALL);
        private static final Pattern TIME = Pattern.compile("(HOUR|DAY|MONTH|YEAR)\\((.+)\\)", Pattern.DOTALL);

        private Texts() {}
    }
}
