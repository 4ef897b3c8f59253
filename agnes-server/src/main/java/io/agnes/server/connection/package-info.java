// SPDX-License-Identifier: Apache-2.0
/**
 * What stands between a socket and the HTTP parser: which connections are kept, how long each of their phases may take,
 * and framing that can be read in one way only. Every type is safe for use by several threads unless it says otherwise.
 */
@org.jspecify.annotations.NullMarked
package io.agnes.server.connection;
