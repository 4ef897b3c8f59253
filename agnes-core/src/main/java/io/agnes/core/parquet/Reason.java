// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.Printable;
import java.util.Locale;

/** Why parts do not become one file by copying. {@link #message()} is a sentence for people and quotes both sides. */
public sealed interface Reason {
    /** The part it was found in; empty where it is about all of them together. */
    String part();

    /** What was expected and what was found, in one sentence. */
    String message();

    /** True if no rewrite helps either: the part is damaged or encrypted, or the meaning of its values is unclear. */
    boolean isFinal();

    /**
     * It does not end as a Parquet file does.
     *
     * @param detail what gives it away
     */
    record NotParquet(String part, String detail) implements Reason {
        @Override
        public String message() {
            return Printable.of(part) + " is not a Parquet file: " + detail;
        }

        @Override
        public boolean isFinal() {
            return true;
        }
    }

    /**
     * Its pages cannot be read without a key, and a merged footer could not be signed.
     *
     * @param what the thing that is encrypted
     */
    record Encrypted(String part, String what) implements Reason {
        @Override
        public String message() {
            return Printable.of(part) + " is encrypted: " + what;
        }

        @Override
        public boolean isFinal() {
            return true;
        }
    }

    /**
     * What its end says cannot be true of the file: a place outside of it, a sum that is wrong, bytes that mean nothing.
     *
     * @param detail what was expected and found
     */
    record Damaged(String part, String detail) implements Reason {
        static Reason by(String part, RuntimeException cause) {
            return switch (cause) {
                case TooMuch limit -> new BeyondLimit(part, String.valueOf(limit.getMessage()));
                case Malformed malformed -> new Damaged(part, String.valueOf(malformed.getMessage()));
                case ArithmeticException overflow -> new Damaged(part, "its numbers are too large to be added up");
                default -> new Damaged(part, "its bytes mean nothing (" + Printable.of(cause.toString()) + ")");
            };
        }

        @Override
        public String message() {
            return Printable.of(part) + " has a damaged footer: " + detail;
        }

        @Override
        public boolean isFinal() {
            return true;
        }
    }

    /**
     * It may be sound, but is larger or deeper than what is read here; see {@link ParquetLimits}.
     *
     * @param detail what is too large, and the limit
     */
    record BeyondLimit(String part, String detail) implements Reason {
        @Override
        public String message() {
            return Printable.of(part) + " is beyond a limit of this program: " + detail;
        }

        @Override
        public boolean isFinal() {
            return true;
        }
    }

    /**
     * The schema is not the first part's.
     *
     * @param diff lines of schema text, those of the first part with -, others with +
     */
    record SchemaDiffers(String part, String diff) implements Reason {
        @Override
        public String message() {
            return Printable.of(part) + " has another schema than the first part:\n" + diff;
        }

        @Override
        public boolean isFinal() {
            return false;
        }
    }

    /**
     * Reading both as one would change what values mean.
     *
     * @param problem which of the known traps it is
     */
    record MeaningUnclear(String part, String column, String problem, String expected, String found) implements Reason {
        @Override
        public String message() {
            return Printable.of(part) + ": column " + column + " is " + found + ", expected " + expected + ": "
                    + problem;
        }

        @Override
        public boolean isFinal() {
            return true;
        }
    }

    /** A property of the whole file that must be equal in all parts: {@code created_by}, column orders, some key-values. */
    record PropertyDiffers(String part, String property, String expected, String found) implements Reason {
        @Override
        public String message() {
            return (part.isEmpty() ? "" : Printable.of(part) + ": ") + property + " is " + found + ", expected "
                    + expected;
        }

        @Override
        public boolean isFinal() {
            return false;
        }
    }

    /** A field that this code does not know, where it could be a place in the file. */
    record UnknownField(String part, String structure, int id) implements Reason {
        @Override
        public String message() {
            return Printable.of(part) + ": field " + id + " of " + structure + " is not known, so it may be an offset";
        }

        @Override
        public boolean isFinal() {
            return false;
        }
    }

    /** The pages of a column are in another file, or it has no description. */
    record ColumnElsewhere(String part, String detail) implements Reason {
        @Override
        public String message() {
            return Printable.of(part) + ": " + detail;
        }

        @Override
        public boolean isFinal() {
            return false;
        }
    }

    /** @param part the part whose footer it is, or empty for the merged one */
    record FooterTooLarge(String part, long bytes, long limitBytes) implements Reason {
        @Override
        public String message() {
            return (part.isEmpty() ? "the merged footer" : "the footer of " + Printable.of(part)) + " is too large: "
                    + bytes + " bytes, at most " + limitBytes + " are read";
        }

        @Override
        public boolean isFinal() {
            return false;
        }
    }

    /** All parts' footers and offset indexes together are more than a plan keeps in memory. */
    record TailsTooLarge(String part, long bytes, long limitBytes) implements Reason {
        @Override
        public String message() {
            return "footers and offset indexes up to " + Printable.of(part) + " have " + bytes + " bytes, at most "
                    + limitBytes + " are kept";
        }

        @Override
        public boolean isFinal() {
            return false;
        }
    }

    /** The offset indexes of a part lie too far apart to be read at once. */
    record OffsetIndexesScattered(String part, long bytes, long limitBytes) implements Reason {
        @Override
        public String message() {
            return Printable.of(part) + " has its offset indexes spread over " + bytes + " bytes, at most " + limitBytes
                    + " are read";
        }

        @Override
        public boolean isFinal() {
            return false;
        }
    }

    /** Readers pay per column and row group when they open the file. */
    record TooManyChunks(long chunks, long limit) implements Reason {
        @Override
        public String part() {
            return "";
        }

        @Override
        public String message() {
            return "the merged file would have " + chunks + " column chunks, at most " + limit + " are merged";
        }

        @Override
        public boolean isFinal() {
            return false;
        }
    }

    /** Row groups are so small that every later query would pay for it. */
    record RowGroupsTooSmall(long footerBytes, long dataBytes, double share, double limit, long medianRows)
            implements Reason {
        @Override
        public String part() {
            return "";
        }

        @Override
        public String message() {
            return String.format(
                    Locale.ROOT,
                    "the merged footer is %.2f %% of the data (%d of %d bytes, median row group %d rows), at most %.2f %% is merged",
                    share * 100,
                    footerBytes,
                    dataBytes,
                    medianRows,
                    limit * 100);
        }

        @Override
        public boolean isFinal() {
            return false;
        }
    }
}
