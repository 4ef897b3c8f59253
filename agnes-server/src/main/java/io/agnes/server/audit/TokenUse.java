// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import java.time.LocalDate;

/**
 * The last use of a token that was noted; a later one within the same hour is not.
 *
 * @param token the id of the token
 * @param day in UTC
 * @param address the network address of the client
 */
public record TokenUse(String token, LocalDate day, String address) {}
