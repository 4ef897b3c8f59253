// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import java.util.Locale;

/**
 * What a call asks of Google, for the messages of its failures and for its repeats.
 *
 * @param subject begins the sentence of a failure, as {@code table my-project.sales.orders}
 * @param resource the kind of thing that is missing if the answer is 404
 * @param permission that the account needs, as {@code bigquery.tables.get}; named if Google refuses without naming one
 * @param repeatable whether a call that may have been carried out can be sent again
 */
public record Operation(String subject, Resource resource, String permission, boolean repeatable) {
    /** The kinds of things at Google. */
    public enum Resource {
        /** A Google Cloud project. */
        PROJECT,
        /** A dataset of BigQuery. */
        DATASET,
        /** A table or view of BigQuery. */
        TABLE,
        /** A job of BigQuery. */
        JOB,
        /** A bucket of Cloud Storage. */
        BUCKET,
        /** An object of Cloud Storage. */
        OBJECT;

        /** The name in lower case. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A call that changes nothing, or that Google carries out only once, however often it is sent. */
    public static Operation repeatable(Resource resource, String subject, String permission) {
        return new Operation(subject, resource, permission, true);
    }

    /** A call that must not be carried out twice. */
    public static Operation once(Resource resource, String subject, String permission) {
        return new Operation(subject, resource, permission, false);
    }
}
