// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** The kind of a request, at which faults can be scripted. */
enum RequestKind {
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
