// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.parquet.MergeOutcome;
import io.agnes.core.parquet.ParquetMerge;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code agnes parquet plan}: reports whether and how files can be merged. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Reports whether and how files can be merged, or why not. Reads only the ends of files.",
        exitCodeListHeading = ParquetCommand.EXIT_CODES,
        exitCodeList = {
            "0:the files can be merged by copying",
            ParquetCommand.UNREADABLE,
            "3:the files can be merged only by a rewrite",
            "4:refused: a file is damaged, encrypted or not Parquet, or values have different meanings in the files",
            ParquetCommand.USAGE
        })
final class ParquetPlanCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final ParquetInput input = new ParquetInput();

    @Mixin
    private final RuleOptions rules = new RuleOptions();

    @Override
    public Integer call() throws Exception {
        List<FileOnDemand> files = input.files();
        MergeOutcome outcome =
                ParquetInput.guarded("planning", files, parts -> ParquetMerge.plan(parts, rules.rules()));
        MergeReport report = MergeReport.of(outcome);
        spec.commandLine().getOut().println(input.json() ? report.json() : report.text());
        return report.exitCode();
    }
}
