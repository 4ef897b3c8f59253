// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

/** An answer of a server violates the contract. The message says how, without the name of the server. */
final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
        super(message);
    }
}
