// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

/** What a server sent is not what the contract says. The message tells what is wrong, without the server's name. */
final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
        super(message);
    }
}
