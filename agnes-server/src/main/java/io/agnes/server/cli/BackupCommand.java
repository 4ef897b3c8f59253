// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Time;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agnes backup}: asks a server for a backup of its registry. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Downloads a backup of the registry and checks its length and SHA-256. Needs an administrator's token.",
            "It starts over after a break, and waits if the server has just made one. Keep the file private: it holds users,"
                    + " grants and hashes of tokens."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:the file is there and whole",
            "1:the server refused, its disk is full, or the download broke each time",
            "64:invalid arguments, or a refused address",
            "69:no server answers",
            "73:the file cannot be written",
            "76:what the server sent is malformed",
            "77:the server refuses the token, or there is none"
        })
final class BackupCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "the file, replaced if it exists (agnes-backup-SECONDS.duckdb)")
    private @Nullable String output;

    @Override
    public Integer call() throws Exception {
        Time time = Time.system();
        String name = output == null ? "agnes-backup-" + time.now().getEpochSecond() + ".duckdb" : output;
        try (ServerClient client = server.client();
                OutputFile file = OutputFile.ofPrivate(name, List.of())) {
            BackupDownload download = new BackupDownload(client, time, this::tell);
            BackupDownload.Arrived arrived = download.into(file.draft());
            file.publish();
            spec.commandLine().getOut().println(name + "  " + arrived.bytes() + " bytes  SHA-256 " + arrived.sha256());
            spec.commandLine().getOut().flush();
            return 0;
        }
    }

    private void tell(String line) {
        spec.commandLine().getErr().println("agnes: " + line);
        spec.commandLine().getErr().flush();
    }
}
