// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.connection;

/** A group of requests that share slots, so that one group cannot block another. Health requests need no slot. */
public enum Pool {
    /** Access checks of a proxy that serves the files. */
    CHECKS,
    /** Downloads of files. */
    DOWNLOADS,
    /** All other requests except health. */
    OTHERS
}
