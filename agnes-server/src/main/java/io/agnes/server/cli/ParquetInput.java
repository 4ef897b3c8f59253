// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The input files and the output format of the Parquet commands. */
final class ParquetInput {
    @Parameters(
            paramLabel = "FILES",
            arity = "1..*",
            description = {
                "Parquet files, in the order of their rows.",
                "A folder means the *.parquet files directly in it, except names that begin with a dot,"
                        + " sorted by name with numbers by value: part-2 before part-10.",
                "@LIST reads names from the file LIST, one on each line or separated by NUL, @- from standard input;"
                        + " ./@name is a file whose name begins with @."
            })
    private List<String> names = List.of();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    boolean json() {
        return json;
    }

    /** The input files as parts, named by their paths as given. No file stays open. */
    List<FileOnDemand> files() {
        return InputFiles.of(names, System.in).stream().map(FileOnDemand::of).toList();
    }

    /** The work of a command on its files. */
    interface Work<T> {
        T on(List<? extends Part> parts) throws IOException, InterruptedException;
    }

    /**
     * Runs the work and translates an {@link IOException}.
     *
     * @param doing the action that an input or output error interrupts, for example {@code reading}
     * @throws CommandException instead of an {@link IOException}, with its reason in words
     */
    static <T> T guarded(String doing, List<FileOnDemand> files, Work<T> work) throws InterruptedException {
        try {
            return work.on(files);
        } catch (ClosedByInterruptException e) {
            throw interrupted(e);
        } catch (IOException e) {
            throw CommandException.failed(doing, e);
        }
    }

    private static InterruptedException interrupted(ClosedByInterruptException cause) {
        InterruptedException interrupted = new InterruptedException("told to end");
        interrupted.initCause(cause);
        return interrupted;
    }
}
