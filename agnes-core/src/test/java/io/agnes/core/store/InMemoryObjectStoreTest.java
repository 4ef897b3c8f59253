// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.contract.ObjectStoreContract;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InMemoryObjectStoreTest extends ObjectStoreContract {
    private final InMemoryObjectStore store = new InMemoryObjectStore();

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Test
    void aUrlNamesItsLifetime() throws Exception {
        StoredObject object = created(store, "signed", "content");
        assertTrue(store.sign(object, Duration.ofMinutes(1))
                .orElseThrow()
                .toString()
                .endsWith("seconds=60"));
    }
}
