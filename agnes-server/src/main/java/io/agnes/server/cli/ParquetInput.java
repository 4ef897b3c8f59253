// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.composite.Part;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The input files of the Parquet commands, and their output. */
final class ParquetInput {
    @Parameters(
            paramLabel = "FILES",
            arity = "1..*",
            description = {
                "Parquet files, in the order of their rows.",
                "A folder stands for the *.parquet files in it (not below it, none whose name begins with a dot),"
                        + " sorted by name with numbers by value: part-2 before part-10.",
                "@LIST reads names from the file LIST, one on each line (or ended by NUL), @- from standard input;"
                        + " ./@name is a file whose name begins with @."
            })
    private List<String> names = List.of();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    boolean json() {
        return json;
    }

    /** The files as parts, each named by its path as given; none is held open. */
    List<FileOnDemand> files() {
        return InputFiles.of(names, System.in).stream().map(FileOnDemand::of).toList();
    }

    /** The work of a command on its files. */
    interface Work<T> {
        T on(List<? extends Part> parts) throws IOException, InterruptedException;
    }

    /**
     * @param doing what fails if bytes do not move, such as {@code reading}
     * @throws CommandException in place of an {@link IOException}, with its cause in words
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
