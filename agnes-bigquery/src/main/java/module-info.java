// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * What is true of BigQuery: how a table is named so that no part of the name can leave the quotes of a statement. Start
 * at {@link io.agnes.bigquery.BigQueryTable}.
 */
@NullMarked
module io.agnes.bigquery {
    requires static transitive org.jspecify;
    requires transitive io.agnes.core;

    exports io.agnes.bigquery;
}
