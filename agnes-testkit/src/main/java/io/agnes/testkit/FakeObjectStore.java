// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a store by name. Each method is atomic. The store keeps no bytes: an object refers to a file, which the
 * caller deletes after the object was removed or replaced.
 */
final class FakeObjectStore<T extends StoredObject> {
    private final NavigableMap<ObjectName, T> objects = new TreeMap<>();

    synchronized @Nullable T get(ObjectName name) {
        return objects.get(name);
    }

    /** Adds an object, or replaces the one of the same name and returns that one. */
    synchronized @Nullable T put(T object) {
        return objects.put(object.name(), object);
    }

    /** Removes an object and returns it, or null if there is none. */
    synchronized @Nullable T remove(ObjectName name) {
        return objects.remove(name);
    }

    /**
     * Replaces the object of a name.
     *
     * @param change takes the current object or null, and returns the next one, or null for none. It must not call this
     *     store. If it throws, nothing changes
     * @return the next object
     */
    synchronized @Nullable T change(ObjectName name, UnaryOperator<@Nullable T> change) {
        T next = change.apply(objects.get(name));
        if (next == null) {
            objects.remove(name);
        } else {
            objects.put(name, next);
        }
        return next;
    }

    /** The objects of a bucket whose keys start with the prefix, in the order of their names. */
    synchronized List<T> list(String bucket, String prefix) {
        ObjectName first = new ObjectName(bucket, prefix);
        return objects.tailMap(first, true).values().stream()
                .takeWhile(object -> object.name().bucket().equals(bucket)
                        && object.name().key().startsWith(prefix))
                .toList();
    }
}
