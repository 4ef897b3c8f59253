// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.sync;

import io.agnes.core.TableId;
import java.time.Duration;
import java.util.Locale;

/** Logs one line for each table and each run that has ended. */
final class OutcomeLog {
    private static final System.Logger LOG = System.getLogger(OutcomeLog.class.getName());
    private static final double NANOS_OF_A_SECOND = 1e9;

    private OutcomeLog() {}

    /** Logs a warning if the table failed or was refused for being empty. */
    static void table(RunId run, TableId table, TableOutcome outcome, Duration took) {
        String line = "table " + table + ": outcome=" + outcome.word() + details(outcome) + " seconds=" + seconds(took)
                + " run=" + run;
        switch (outcome) {
            case TableOutcome.Failed failed ->
                LOG.log(System.Logger.Level.WARNING, line + " message: " + failed.message());
            case TableOutcome.RefusedEmpty refused -> LOG.log(System.Logger.Level.WARNING, line);
            case TableOutcome.Published published -> LOG.log(System.Logger.Level.INFO, line);
            case TableOutcome.Unchanged unchanged -> LOG.log(System.Logger.Level.INFO, line);
            case TableOutcome.Skipped skipped ->
                LOG.log(System.Logger.Level.INFO, line + " reason: " + skipped.reason());
        }
    }

    private static String details(TableOutcome outcome) {
        return switch (outcome) {
            case TableOutcome.Published published ->
                " rows=" + published.rows() + " bytes=" + published.bytes() + " version=" + published.sequence();
            case TableOutcome.RefusedEmpty refused -> " previous_rows=" + refused.previousRows();
            case TableOutcome.Failed failed -> " code=" + failed.code();
            case TableOutcome.Unchanged unchanged -> "";
            case TableOutcome.Skipped skipped -> "";
        };
    }

    /** Logs a warning if a table failed. */
    static void run(RunId run, SyncRun.Status status, RunTally tally, Duration took) {
        boolean good = status == SyncRun.Status.SUCCEEDED || status == SyncRun.Status.CANCELLED;
        LOG.log(
                good ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
                "run " + run + ": status=" + status.text() + " " + tally + " seconds=" + seconds(took));
    }

    private static String seconds(Duration took) {
        return String.format(Locale.ROOT, "%.3f", took.toNanos() / NANOS_OF_A_SECOND);
    }
}
