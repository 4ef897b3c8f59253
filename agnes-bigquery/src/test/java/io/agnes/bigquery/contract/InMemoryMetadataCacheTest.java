// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.contract;

import io.agnes.bigquery.metadata.MetadataCache;

class InMemoryMetadataCacheTest extends MetadataCacheContract {
    @Override
    protected MetadataCache open() {
        return MetadataCache.inMemory();
    }
}
