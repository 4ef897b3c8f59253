// SPDX-License-Identifier: Apache-2.0
/**
 * Fakes of cloud services that speak the real wire formats, for tests and for demos without a cloud. Fakes, tables and clocks
 * are safe for use by several threads. Sizes are in bytes unless a name says otherwise. Times are UTC.
 */
package io.agnes.testkit;
