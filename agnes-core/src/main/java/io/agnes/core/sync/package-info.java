// SPDX-License-Identifier: Apache-2.0
/**
 * Runs that sync tables from their sources, one run at a time, with a stored outcome for each table. The code blocks on
 * virtual threads; an interrupt ends the work and releases its resources.
 */
package io.agnes.core.sync;
