// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.table.TableRecord;
import java.util.Locale;
import java.util.Optional;

/** A field of a registered table that its source gives a meaning to. */
public enum TableField {
    /** {@link TableRecord#bucket}. */
    BUCKET,
    /** {@link TableRecord#sourceTable}. */
    SOURCE_TABLE,
    /** {@link TableRecord#sourceQuery}. */
    SOURCE_QUERY;

    /** The name in lower case, as in the contract. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The value of this field; empty if the table has none. */
    public Optional<String> of(TableRecord table) {
        String value = switch (this) {
            case BUCKET -> table.bucket();
            case SOURCE_TABLE -> table.sourceTable();
            case SOURCE_QUERY -> table.sourceQuery();
        };
        return Optional.ofNullable(value).filter(text -> !text.isEmpty());
    }
}
