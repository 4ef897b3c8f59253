// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** @param key decoded */
record ObjectName(String bucket, String key) {
    ObjectName plus(String suffix) {
        return new ObjectName(bucket, key + suffix);
    }

    String path() {
        return "/" + bucket + "/" + key;
    }
}
