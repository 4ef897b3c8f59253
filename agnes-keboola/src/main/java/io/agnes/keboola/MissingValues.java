// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.duckdb.Sql;
import io.agnes.core.table.EmptyAsNull;
import java.util.ArrayList;
import java.util.List;

/**
 * The texts that stand for a missing value in columns of numbers, dates and booleans. In columns of text they are text.
 *
 * @param texts each is compared with the whole value; the empty text may be one of them
 */
record MissingValues(List<String> texts) {
    static final MissingValues NOTHING = new MissingValues(List.of());

    MissingValues {
        texts = List.copyOf(texts);
    }

    /** Those of the settings. */
    static MissingValues of(KeboolaConfig config) {
        List<String> texts = new ArrayList<>();
        if (config.emptyAsNull() == EmptyAsNull.AUTO) {
            texts.add("");
        }
        texts.addAll(config.nullWords());
        return new MissingValues(texts);
    }

    /** SQL for the text of a column, with NULL in place of these texts. */
    String present(String column) {
        String present = column;
        for (String text : texts) {
            present = "NULLIF(" + present + ", " + Sql.text(text) + ")";
        }
        return present;
    }

    /** The note on values of a column that became NULL. */
    static String note(String column, String text, long count) {
        String what = text.isEmpty()
                ? "empty " + (count == 1 ? "text" : "texts")
                : (count == 1 ? "value " : "values ") + text;
        return "column " + column + ": " + count + " " + what + " became NULL";
    }
}
