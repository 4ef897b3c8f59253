// SPDX-License-Identifier: Apache-2.0
/**
 * The contracts of this module's ports as test suites. A test of an implementation extends the suite. Other modules get this
 * package, and no other test, as {@code agnes-bigquery}'s test jar.
 */
package io.agnes.bigquery.contract;
