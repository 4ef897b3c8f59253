// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code agnes bench}: lists the benchmarks. They are part of the tests, and the launcher in a source tree runs them.
 */
@Command(
        mixinStandardHelpOptions = true,
        description = "Measures, and prints one line of numbers at the end. The launcher of a source tree runs these:",
        customSynopsis = "agnes bench NAME [OPTION...]",
        footerHeading = "%nBenchmarks:%n",
        footer = {
            "  start     Time to ready, and memory when idle.",
            "  crash     Kills a running server, and checks every acknowledged change.",
            "  registry  A server with many tables and versions.",
            "  backup    Backups during writes, and of a registry of a thousand tables.",
            "  history   Downloads during publishing and kills of the server.",
            "  merge     Merges Parquet files with cat, DuckDB, parquet-java and Agnes.",
            "  plan      Plans the merge of Parquet files, measured by JMH.",
            "  keboola   Exports a table of 1 GiB, compared with DuckDB and MD5.",
            "  bigquery  Refreshes metadata of 500 tables, and materializes a table of 1 GB.",
            "  catalog   A server with many tables in BigQuery, whose catalog is read during a refresh.",
            "  hostile   Slow readers, unfinished requests and ambiguous framing."
        })
final class BenchCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return 0;
    }
}
