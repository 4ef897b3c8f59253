// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/** Small real tables in the testkit, works of the US Government; see {@code samples/ATTRIBUTION.md}. */
public enum Samples {
    /** 3,376 US airports with their coordinates. */
    AIRPORTS,
    /** 10,000 wildlife strikes reported to the Federal Aviation Administration; with empty cells. */
    BIRDSTRIKES,
    /** 2,922 days of weather in Seattle and New York. */
    WEATHER;

    /** The id of the sample's table, for example {@code in.c-demo.airports}. */
    public String tableId() {
        return "in.c-demo." + label();
    }

    /**
     * Writes the table to a CSV file with a header line and overwrites an existing file.
     *
     * @return the file
     */
    public Path copyTo(Path file) throws IOException {
        try (InputStream in = Samples.class.getResourceAsStream("samples/" + label() + ".csv")) {
            if (in == null) {
                throw new FileNotFoundException("The testkit was packed without its sample " + label());
            }
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        }
    }

    private String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
