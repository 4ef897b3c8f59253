// SPDX-License-Identifier: Apache-2.0
/** Backups of the registry and their restore. */
package io.agnes.server.backup;
