// SPDX-License-Identifier: Apache-2.0
/** A small program that describes one table of BigQuery and exports it. */
module io.agnes.samples.bigquery {
    requires io.agnes.bigquery;
}
