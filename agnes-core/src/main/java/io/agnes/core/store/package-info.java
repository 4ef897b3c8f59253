// SPDX-License-Identifier: Apache-2.0
/**
 * Objects in a store: the port {@link io.agnes.core.store.ObjectStore} with its implementation on a local directory, and
 * {@link io.agnes.core.store.ObjectPart}, which reads an object by ranges, resumes a connection that breaks and replaces one
 * that stalls. Ranges are given as first byte and end, the end not included. Nothing here is null, and everything is safe for
 * use by several threads unless it says otherwise.
 */
package io.agnes.core.store;
