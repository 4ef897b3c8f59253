// SPDX-License-Identifier: Apache-2.0
/**
 * The audit: who did what to what, from which address, with which result. Records are chained by SHA-256, so that a change, a
 * removal or another order of them is found. Everything here is safe for use by several threads unless it says otherwise.
 */
package io.agnes.server.audit;
