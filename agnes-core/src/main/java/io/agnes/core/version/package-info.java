// SPDX-License-Identifier: Apache-2.0
/**
 * The bytes of published versions: their names, and the port to the place that stores them. Names are relative, with
 * forward slashes, and made of the table, the sequence and the content. Times have whole seconds.
 */
package io.agnes.core.version;
