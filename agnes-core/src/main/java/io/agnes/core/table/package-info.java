// SPDX-License-Identifier: Apache-2.0
/**
 * Registered tables, their published versions, and the port to the registry that stores both. Several processes may share a
 * registry.
 */
package io.agnes.core.table;
