// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import io.agnes.testkit.parquet.Codec;
import java.util.Locale;

/**
 * The format of the files of an export.
 *
 * @param header whether CSV files begin with the names of the columns
 */
record ExportFormat(Kind kind, Codec compression, boolean header, String delimiter) {
    enum Kind {
        CSV("text/csv"),
        JSON("application/json"),
        PARQUET("application/octet-stream");

        private final String contentType;

        Kind(String contentType) {
            this.contentType = contentType;
        }

        String contentType() {
            return contentType;
        }
    }

    /**
     * @param format a format of an extract job or of {@code EXPORT DATA}
     * @param compression {@code NONE}, {@code GZIP}, {@code SNAPPY} or {@code ZSTD}
     * @throws GoogleJobException if BigQuery or the fake cannot write it
     */
    static ExportFormat of(String format, String compression, boolean header, String delimiter) {
        Kind kind = switch (format.toUpperCase(Locale.ROOT)) {
            case "CSV" -> Kind.CSV;
            case "JSON", "NEWLINE_DELIMITED_JSON" -> Kind.JSON;
            case "PARQUET" -> Kind.PARQUET;
            case "AVRO" -> throw GoogleJobException.of("notImplemented", "This fake does not write AVRO");
            default -> throw GoogleJobException.invalid("Unknown export format: " + format);
        };
        Codec codec;
        try {
            codec = Codec.valueOf(compression.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw GoogleJobException.invalid("Unsupported compression type " + compression + " for format " + format);
        }
        if (kind != Kind.PARQUET && codec != Codec.NONE && codec != Codec.GZIP) {
            throw GoogleJobException.invalid("Unsupported compression type " + compression + " for format " + format);
        }
        return new ExportFormat(kind, codec, header, delimiter);
    }
}
