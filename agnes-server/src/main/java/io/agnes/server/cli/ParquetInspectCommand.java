// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.composite.Part;
import io.agnes.core.parquet.ParquetDetails;
import jakarta.json.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code agnes parquet inspect}: prints the footers of files. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = "Prints the footer of each file. Reads only the ends of files.",
        exitCodeListHeading = ParquetCommand.EXIT_CODES,
        exitCodeList = {
            "0:every footer was read",
            ParquetCommand.UNREADABLE,
            "4:a file is damaged, encrypted, not Parquet or beyond a limit; the others are printed",
            ParquetCommand.USAGE
        })
final class ParquetInspectCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final ParquetInput input = new ParquetInput();

    @Override
    public Integer call() throws Exception {
        List<FileOnDemand> files = input.files();
        return ParquetInput.guarded("inspecting", files, parts -> {
            int code = 0;
            for (Part part : parts) {
                code = Math.max(code, tell(part.name(), ParquetDetails.read(part)));
            }
            return code;
        });
    }

    private int tell(String name, ParquetDetails.Reading reading) {
        PrintWriter out = spec.commandLine().getOut();
        return switch (reading) {
            case ParquetDetails.Reading.Opened opened -> {
                if (input.json()) {
                    new InspectJson(opened.details(), out).print(name);
                } else {
                    new InspectReport(opened.details(), out).print(name);
                }
                yield 0;
            }
            case ParquetDetails.Reading.Unreadable unreadable -> {
                String message = unreadable.reason().message();
                out.println(
                        input.json()
                                ? Json.createObjectBuilder()
                                        .add("file", name)
                                        .add("error", message)
                                        .build()
                                        .toString()
                                : message);
                yield ParquetCommand.REFUSED;
            }
        };
    }
}
