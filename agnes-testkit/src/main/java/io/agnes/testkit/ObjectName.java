// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The name of an object. Names are ordered by bucket, then by the UTF-8 bytes of the key, as object stores list them.
 *
 * @param bucket the bucket, on Azure the container
 * @param key the key, without URL encoding
 */
record ObjectName(String bucket, String key) implements Comparable<ObjectName> {
    private static final Comparator<ObjectName> ORDER = Comparator.comparing(ObjectName::bucket)
            .thenComparing(name -> Signer.utf8(name.key), Arrays::compareUnsigned);

    ObjectName plus(String suffix) {
        return new ObjectName(bucket, key + suffix);
    }

    String path() {
        return "/" + bucket + "/" + key;
    }

    @Override
    public int compareTo(ObjectName other) {
        return ORDER.compare(this, other);
    }
}
