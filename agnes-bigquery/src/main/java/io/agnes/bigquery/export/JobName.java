// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import io.agnes.core.Sha256;
import io.agnes.core.TableId;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The ids of the jobs of one export. The same table in the same state gets the same ids in every process, and BigQuery runs at
 * most one job of an id: whoever comes second finds the job of the first. The id of a job that failed is spent, so that each
 * attempt has one of its own.
 *
 * @param base what all attempts have in common: letters, digits and underscores, far below BigQuery's 1,024
 */
record JobName(String base) {
    /** Changes if the same state is exported in another way, so that jobs of older versions are not taken for ours. */
    private static final String RECIPE = "1";

    private static final String PREFIX = "agnes_";
    private static final Pattern IDS = Pattern.compile(PREFIX + "[A-Za-z0-9_-]{1,500}");
    private static final int DIGEST_CHARS = 32;

    /**
     * Names the jobs of a table.
     *
     * @param state everything that the content of the export depends on, and where it goes
     */
    static JobName of(TableId table, List<String> state) {
        String text = RECIPE + "\n" + table + "\n" + String.join("\n", state);
        return new JobName(PREFIX + readable(table) + "_" + digest(text));
    }

    /** Whether a text may be the id of a job of ours. */
    static boolean isId(String text) {
        return IDS.matcher(text).matches();
    }

    /** The id of an attempt, from 0. */
    String attempt(int number) {
        return base + "_" + number;
    }

    /** An id that no other process makes. */
    String unique() {
        return base + "_" + UUID.randomUUID();
    }

    /** For people who look at the list of jobs; the digest tells similar ids apart. */
    private static String readable(TableId table) {
        return table.value().replaceAll("[^A-Za-z0-9]", "_");
    }

    /** The first 128 bits of a SHA-256, in hex. */
    static String digest(String text) {
        return Sha256.hex(text).substring(0, DIGEST_CHARS);
    }
}
