// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import java.time.LocalDate;

/**
 * How often a user got a table on a day.
 *
 * @param day in UTC
 * @param downloads answers of this server that carry bytes of the table, each range counted
 * @param checks decisions for a proxy, which then sends the bytes itself
 */
public record DownloadCount(LocalDate day, String user, String table, long downloads, long checks) {}
