// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import io.agnes.core.AgnesException;

/** The failure that a scripted source throws. */
final class Refusal extends AgnesException {
    private static final long serialVersionUID = 1L;

    Refusal(Kind kind, String code, String message) {
        super(kind, code, message, null);
    }
}
