// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.metadata;

import io.agnes.bigquery.metadata.Freshness;
import io.agnes.bigquery.metadata.MetadataCache;
import java.util.Optional;

/**
 * The cached metadata of a remote table.
 *
 * @param known the last good ones
 * @param failure of the last attempt
 */
public record RemoteTable(
        Optional<MetadataCache.Known> known, Optional<MetadataCache.Failure> failure, Freshness freshness) {}
