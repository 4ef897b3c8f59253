// SPDX-License-Identifier: Apache-2.0
/**
 * Identifiers, errors, secrets and time. Values here are immutable and safe to share between threads; no parameter or
 * result is null unless it says so.
 */
package io.agnes.core;
