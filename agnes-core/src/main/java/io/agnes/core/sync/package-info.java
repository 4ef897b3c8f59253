// SPDX-License-Identifier: Apache-2.0
/**
 * Runs: which tables are brought from which source, one run at a time, each outcome stored. Blocking code on virtual
 * threads; an interrupt ends the work and frees what it held.
 */
package io.agnes.core.sync;
