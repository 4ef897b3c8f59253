// SPDX-License-Identifier: Apache-2.0
/**
 * Metadata of remote BigQuery tables: {@link io.agnes.server.metadata.RemoteMetadata} joins the registry, its cache and the
 * refresh. The catalog reads the cache alone. No class of Google's libraries is loaded unless BigQuery is configured.
 */
package io.agnes.server.metadata;
