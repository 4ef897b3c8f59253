// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Printable;

/** Makes text from a server printable. */
final class ServerText {
    private static final int LONGEST = 1_000;

    private ServerText() {}

    /** The text with unprintable characters escaped, limited to {@value #LONGEST} characters. */
    static String of(String text) {
        return Printable.of(text, LONGEST);
    }
}
