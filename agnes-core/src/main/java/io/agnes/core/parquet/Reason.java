// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.Printable;
import java.util.Locale;

/** Why parts cannot be merged by copying. */
public sealed interface Reason {
    /** The name of the part; empty if the reason concerns all parts together. */
    String part();

    /** One sentence with the expected and the found value. */
    String message();

    /** Whether a rewrite is impossible too: the part is damaged or encrypted, or the meaning of its values is unclear. */
    boolean isFinal();

    /**
     * The part does not end like a Parquet file.
     *
     * @param detail the difference, as the end of a sentence
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
     * The part is encrypted or its footer is signed. Its pages need a key, and a merged footer could not be signed.
     *
     * @param what the encrypted component
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
     * The footer contradicts the file or cannot be decoded: an offset outside the file, a wrong sum, invalid bytes.
     *
     * @param detail the error, with the expected and the found value
     */
    record Damaged(String part, String detail) implements Reason {
        static Reason by(String part, RuntimeException cause) {
            return switch (cause) {
                case LimitExceededException limit -> new BeyondLimit(part, String.valueOf(limit.getMessage()));
                case MalformedParquetException malformed -> new Damaged(part, String.valueOf(malformed.getMessage()));
                case ArithmeticException overflow -> new Damaged(part, "its numbers are too large to be added up");
                default -> new Damaged(part, "its bytes cannot be decoded (" + Printable.of(cause.toString()) + ")");
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
     * The part may be valid but exceeds one of {@link ParquetLimits}.
     *
     * @param detail the size and the limit
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
     * The part's schema differs from that of the first part.
     *
     * @param diff lines of schema text, those of the first part with -, those of this part with +
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
     * A column differs between parts in a way that would change the meaning of its values.
     *
     * @param problem the kind of difference
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

    /** A property of the whole file differs that must be equal: {@code created_by}, column orders, some key-values. */
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

    /** The footer has an unknown field in a structure whose fields can be file offsets. */
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

    /** The pages of a column are in another file, or its metadata is absent. */
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

    /**
     * A footer is longer than the limit.
     *
     * @param part the part with the footer; empty for the merged footer
     */
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

    /** The footers and offset indexes of all parts exceed {@link ParquetLimits#KEPT_BYTES}. */
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

    /** The offset indexes of a part are spread over more than {@link ParquetLimits#OFFSET_INDEX_SPAN}. */
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

    /** The merged file would have more column chunks than readers open quickly. */
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

    /** The row groups are so small that they would slow down every query. */
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
