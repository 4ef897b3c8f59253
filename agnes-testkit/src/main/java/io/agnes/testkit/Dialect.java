// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** The cloud of a stack's object store. It decides credentials, signatures, manifest entries and error bodies. */
public enum Dialect {
    /** Google Cloud Storage: bearer tokens for one hour, {@code gs://} entries, a signed manifest URL. */
    GOOGLE,
    /** S3: Signature Version 4 with session credentials for twelve hours, {@code s3://} entries, path-style addresses. */
    AWS,
    /** Azure Blob Storage: a SAS for each container, {@code azure://} entries, the endpoint in a connection string. */
    AZURE
}
