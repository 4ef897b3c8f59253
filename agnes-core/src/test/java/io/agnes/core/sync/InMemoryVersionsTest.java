// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.version.VersionStore;
import java.time.Instant;
import java.util.Optional;

/** The version store in memory fulfils the contract. */
class InMemoryVersionsTest extends VersionStoreContract {
    private final InMemoryVersions versions = new InMemoryVersions();

    @Override
    VersionStore store() {
        return versions;
    }

    @Override
    void write(String name, byte[] bytes, Instant modified) {
        versions.contents.put(name, new InMemoryVersions.Content(bytes, modified));
    }

    @Override
    void remove(String name) {
        versions.contents.remove(name);
    }

    @Override
    Optional<byte[]> read(String name) {
        return Optional.ofNullable(versions.contents.get(name)).map(InMemoryVersions.Content::bytes);
    }
}
