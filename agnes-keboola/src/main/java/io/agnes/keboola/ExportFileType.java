// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.util.Locale;

/** What Keboola writes the slices of an export as. */
public enum ExportFileType {
    /** Row groups that are merged as they are. */
    PARQUET,
    /** Text that is parsed, typed and written as Parquet here; every backend has it. */
    CSV;

    /** The name in lower case, as on the wire and in settings. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
