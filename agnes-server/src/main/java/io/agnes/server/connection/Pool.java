// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

/** Requests that share slots. What must answer whatever the others do has slots of its own; health needs none. */
public enum Pool {
    /** A proxy asks whether it may send a file. */
    CHECKS,
    /** Files. */
    DOWNLOADS,
    /** Everything else but health. */
    OTHERS
}
