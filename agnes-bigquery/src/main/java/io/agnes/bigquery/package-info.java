// SPDX-License-Identifier: Apache-2.0
/**
 * Names, settings, credentials and failures of BigQuery. All types are immutable, know no class of Google's libraries, and
 * never print a secret.
 */
package io.agnes.bigquery;
