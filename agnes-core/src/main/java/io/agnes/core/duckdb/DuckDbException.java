// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import java.io.IOException;
import java.sql.SQLException;

/** DuckDB did not do what it was asked, for want of memory, of disk or of sense. */
public final class DuckDbException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String said;

    /** @param said DuckDB's own words, without the paths of directories */
    DuckDbException(String what, String said, SQLException cause) {
        super(what + ": " + said, cause);
        this.said = said;
    }

    /** DuckDB's own words: one line without the paths of directories. */
    public String said() {
        return said;
    }

    /** Whether more memory or disk would have helped. */
    public boolean isLimit() {
        return said.contains("Out of Memory") || said.contains("No space left");
    }
}
