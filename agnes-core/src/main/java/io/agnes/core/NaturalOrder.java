// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import java.util.Comparator;

/** Orders names by the numbers in them: {@code x_0_2} before {@code x_0_12}. */
public enum NaturalOrder implements Comparator<String> {
    /** The order, without state. */
    INSTANCE;

    @Override
    public int compare(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() && j < b.length()) {
            int iEnd = end(a, i);
            int jEnd = end(b, j);
            int order = isDigit(a, i) && isDigit(b, j)
                    ? numbers(a.substring(i, iEnd), b.substring(j, jEnd))
                    : Character.compare(a.charAt(i), b.charAt(j));
            if (order != 0) {
                return order;
            }
            boolean digits = isDigit(a, i);
            i = digits ? iEnd : i + 1;
            j = digits ? jEnd : j + 1;
        }
        // Names that differ in leading zeros alone must not be equal.
        int rest = Integer.compare(a.length() - i, b.length() - j);
        return rest != 0 ? rest : a.compareTo(b);
    }

    private static int numbers(String a, String b) {
        String x = a.replaceFirst("^0+(?=.)", "");
        String y = b.replaceFirst("^0+(?=.)", "");
        return x.length() != y.length() ? Integer.compare(x.length(), y.length()) : x.compareTo(y);
    }

    private static int end(String text, int from) {
        int at = from;
        while (at < text.length() && isDigit(text, at)) {
            at++;
        }
        return at;
    }

    private static boolean isDigit(String text, int at) {
        return text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }
}
