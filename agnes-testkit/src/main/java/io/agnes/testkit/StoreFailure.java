// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** A failure that every store has, each with its own response. */
enum StoreFailure {
    NOT_FOUND,
    METHOD,
    /** The object's ETag differs from {@code If-Match}. */
    CHANGED,
    RANGE,
    /** The credentials have expired. */
    EXPIRED
}
