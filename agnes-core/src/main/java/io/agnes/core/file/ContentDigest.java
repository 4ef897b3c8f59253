// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.file;

/** Identifies content: by digests of bytes that this program has read, or by the checksum of the store that composed it. */
public sealed interface ContentDigest permits FileDigests, StoredDigest {
    /** The length of the content in bytes. */
    long length();
}
