// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.store;

import java.util.List;
import java.util.Optional;

/**
 * A page of a listing.
 *
 * @param objects in the order of their names
 * @param next where the next page begins; empty after the last page
 */
public record ObjectPage(List<StoredObject> objects, Optional<String> next) {
    public ObjectPage {
        objects = List.copyOf(objects);
    }
}
