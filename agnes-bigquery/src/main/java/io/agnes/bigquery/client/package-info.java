// SPDX-License-Identifier: Apache-2.0
/**
 * Google's clients as this module calls them: opened at the first call, one thread for each call that an interrupt ends,
 * failures as {@link io.agnes.bigquery.GoogleCloudException}, repeats in one place. All types are safe for use by several
 * threads.
 */
package io.agnes.bigquery.client;
