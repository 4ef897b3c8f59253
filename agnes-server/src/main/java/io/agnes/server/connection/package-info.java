// SPDX-License-Identifier: Apache-2.0
/**
 * The layer between a socket and the HTTP parser. It decides which connections stay open, limits the time of each phase of a
 * request, and accepts only unambiguous framing. Every type is safe for use by several threads unless it says otherwise.
 */
@org.jspecify.annotations.NullMarked
package io.agnes.server.connection;
