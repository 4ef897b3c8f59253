// SPDX-License-Identifier: Apache-2.0
/**
 * Registered tables, their published versions, and the ports to whatever remembers both. A registry that several
 * processes share fits behind the same ports.
 */
package io.agnes.core.table;
