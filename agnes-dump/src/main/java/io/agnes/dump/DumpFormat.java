// SPDX-License-Identifier: Apache-2.0
package io.agnes.dump;

import java.util.Arrays;
import java.util.Optional;

/** What a dump can be asked for as, and how such a file is named and declared. */
public enum DumpFormat {
    /** RFC 4180 text, one header. */
    CSV("csv", "csv", "text/csv; charset=utf-8"),
    /** The same, compressed; the compression belongs to the file and not to the transfer. */
    GZIP("gzip", "csv.gz", "application/gzip"),
    /** One JSON object a line. */
    NDJSON("ndjson", "ndjson", "application/x-ndjson"),
    /** One Parquet file with one footer. */
    PARQUET("parquet", "parquet", "application/vnd.apache.parquet");

    private final String parameter;
    private final String extension;
    private final String mediaType;

    DumpFormat(String parameter, String extension, String mediaType) {
        this.parameter = parameter;
        this.extension = extension;
        this.mediaType = mediaType;
    }

    /** The format of that name, exactly as written in a request. */
    public static Optional<DumpFormat> parse(String parameter) {
        return Arrays.stream(values())
                .filter(format -> format.parameter.equals(parameter))
                .findFirst();
    }

    /** The word of the {@code format} parameter. */
    public String parameter() {
        return parameter;
    }

    /** What the file's name ends in, without the dot. */
    public String extension() {
        return extension;
    }

    /** The value of {@code Content-Type}. */
    public String mediaType() {
        return mediaType;
    }
}
