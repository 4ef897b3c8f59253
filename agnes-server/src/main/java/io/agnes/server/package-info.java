// SPDX-License-Identifier: Apache-2.0
/** The wiring, and {@code main}. */
package io.agnes.server;
