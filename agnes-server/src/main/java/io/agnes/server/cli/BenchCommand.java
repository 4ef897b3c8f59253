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
        description = "Measures, and ends with one line of plain numbers. The launcher of a source tree runs these:",
        customSynopsis = "agnes bench NAME [OPTION...]",
        footerHeading = "%nBenchmarks:%n",
        footer = {
            "  start     Time to ready, and memory when idle.",
            "  crash     Kills the server at work, and checks all that it acknowledged.",
            "  registry  Many tables, many versions.",
            "  history   Downloads during publishing and kills of the server.",
            "  merge     One Parquet file of many: cat, DuckDB, parquet-java, and ours.",
            "  plan      What the plan of such a merge takes, by JMH.",
            "  keboola   A table of 1 GiB out of Keboola, against DuckDB and MD5.",
            "  hostile   Slow readers, half headers, half bodies and odd framing."
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
