// SPDX-License-Identifier: Apache-2.0
/** What is true of BigQuery tables. */
package io.agnes.bigquery;
