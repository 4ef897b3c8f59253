// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.util.List;

/**
 * A reason why a text is not a value of a type.
 *
 * @param words follow the number of such values in a note
 * @param condition SQL over {@code $v}, the text
 */
record ValueMismatch(String words, String condition) {
    private static final ValueMismatch EMPTY = new ValueMismatch("empty", "$v = ''");
    private static final ValueMismatch BLANKS =
            new ValueMismatch("with blanks around", "regexp_matches($v, '^\\s|\\s$')");
    private static final ValueMismatch LEADING_ZEROS = new ValueMismatch(
            "with leading zeros", ColumnCast.matches("[+-]?0[0-9]+(?:[.][0-9]*)?(?:[eE][+-]?[0-9]+)?"));

    /** Reasons that hold for all types. */
    static final List<ValueMismatch> PLAIN = List.of(EMPTY, BLANKS);

    /** Reasons that hold for numbers. The last one is a number that the type cannot hold. */
    static List<ValueMismatch> ofNumbers(String words, String pattern) {
        return List.of(EMPTY, BLANKS, LEADING_ZEROS, new ValueMismatch(words, ColumnCast.matches(pattern)));
    }
}
