/** What is true of BigQuery tables. */
package io.agnes.bigquery;
