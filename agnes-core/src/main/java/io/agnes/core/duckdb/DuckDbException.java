// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.duckdb;

import java.io.IOException;
import java.sql.SQLException;

/** DuckDB failed: it lacked memory or disk space, or it rejected the statement or a file. */
public final class DuckDbException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String said;

    /** @param said DuckDB's message, without the paths of directories */
    DuckDbException(String what, String said, SQLException cause) {
        super(what + ": " + said, cause);
        this.said = said;
    }

    /** The first line of DuckDB's message, without the paths of directories. */
    public String said() {
        return said;
    }

    /** Whether DuckDB ran out of memory or disk space. */
    public boolean isLimit() {
        return said.contains("Out of Memory") || said.contains("No space left");
    }
}
