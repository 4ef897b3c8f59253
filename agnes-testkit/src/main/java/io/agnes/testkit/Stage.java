// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** A step of an export at which something can go wrong. */
enum Stage {
    INDEX,
    TOKEN,
    BRANCHES,
    BUCKETS,
    TABLES,
    TABLE,
    EXPORT,
    JOB_POLL,
    FILE_DETAIL,
    FILE_DELETE,
    MANIFEST,
    SLICE,
    OTHER
}
