// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.util.Locale;

/** The file types of slices. */
public enum ExportFileType {
    /** Parquet, whose row groups are merged unchanged. */
    PARQUET,
    /** CSV, which this library converts to Parquet; every backend writes it. */
    CSV;

    /** The name in lower case, as on the wire and in settings. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
