// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds the known word that is nearest to a misspelled one. */
public final class Nearest {
    private Nearest() {}

    /**
     * The known word with the fewest letters to add, drop or change, ignoring case, underscores and dashes; the first in the
     * alphabet of several.
     *
     * @param known at least one
     */
    public static String to(String word, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt((String other) -> distance(plain(word), plain(other)))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
