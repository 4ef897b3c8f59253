// SPDX-License-Identifier: Apache-2.0
/**
 * The contracts of core's ports as test suites, and their implementations in memory. A test of an implementation extends each
 * suite. Other modules get this package, and no other test of core, as {@code agnes-core}'s test jar.
 */
package io.agnes.core.contract;
