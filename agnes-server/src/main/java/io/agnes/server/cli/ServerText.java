// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Printable;

/** Text that a server sent, for people. */
final class ServerText {
    private static final int LONGEST = 1_000;

    private ServerText() {}

    /** Printable, and no more than {@value #LONGEST} characters of it. */
    static String of(String text) {
        return Printable.of(text, LONGEST);
    }
}
