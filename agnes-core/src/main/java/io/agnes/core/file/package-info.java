// SPDX-License-Identifier: Apache-2.0
/**
 * Files that exist whole or not at all: scratch, drafts, digests. Everything that touches the disk goes through
 * {@link io.agnes.core.file.FileStore}, so that a test can fail any single step of it.
 */
package io.agnes.core.file;
