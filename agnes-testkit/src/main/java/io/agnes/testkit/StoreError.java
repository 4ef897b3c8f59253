// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** What every store refuses, each in its own words. */
enum StoreError {
    NOT_FOUND,
    METHOD,
    /** The object is not the one that {@code If-Match} names. */
    CHANGED,
    RANGE,
    /** The time of the credentials is over. */
    EXPIRED
}
