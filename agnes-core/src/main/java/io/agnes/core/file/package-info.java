// SPDX-License-Identifier: Apache-2.0
/**
 * Files that exist whole or not at all: drafts, scratch, digests. All access to the disk goes through
 * {@link io.agnes.core.file.FileStore}, so that a test can fail any single step of it.
 */
package io.agnes.core.file;
