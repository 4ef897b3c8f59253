// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** The cloud a stack keeps its files in: decides credentials, signatures, manifest URLs and the store's error bodies. */
public enum Dialect {
    /** Bearer tokens of one hour, {@code gs://} entries, a signed manifest URL. */
    GOOGLE,
    /** Signature Version 4 with session credentials of twelve hours, {@code s3://} entries, path-style addresses. */
    AWS,
    /** A shared access signature per container, {@code azure://} entries, the connection string names the endpoint. */
    AZURE
}
