// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/**
 * The name of an object.
 *
 * @param bucket the bucket, on Azure the container
 * @param key the key, without URL encoding
 */
record ObjectName(String bucket, String key) {
    ObjectName plus(String suffix) {
        return new ObjectName(bucket, key + suffix);
    }

    String path() {
        return "/" + bucket + "/" + key;
    }
}
