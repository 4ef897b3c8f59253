// SPDX-License-Identifier: Apache-2.0
/**
 * Services that speak the real wire format, for tests and for trying things without a cloud. Fakes, tables and clocks
 * are safe for use by several threads. Sizes are bytes unless a name says otherwise; times are UTC.
 */
package io.agnes.testkit;
