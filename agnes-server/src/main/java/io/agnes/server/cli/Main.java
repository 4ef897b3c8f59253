// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.AgnesException;
import io.agnes.core.CoreException;
import io.agnes.core.Printable;
import io.agnes.server.settings.NamedSetting;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The main class of the process. */
@Command(
        name = "agnes",
        description = "Keeps verified Parquet copies of Keboola and BigQuery tables for authorized users.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.ModuleVersion.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    private Main() {}

    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("serve", ServeCommand.class);
        commands.put("demo", DemoCommand.class);
        commands.put("pull", PullCommand.class);
        commands.put("sync", SyncCommand.class);
        commands.put("admin", AdminCommand.class);
        commands.put("audit", AuditCommand.class);
        commands.put("backup", BackupCommand.class);
        commands.put("restore", RestoreCommand.class);
        commands.put("import", ImportCommand.class);
        commands.put("parquet", ParquetCommand.class);
        commands.put("api", ApiCommand.class);
        commands.put("emulate", EmulateCommand.class);
        commands.put("bench", BenchCommand.class);
        commands.put("help", HelpCommand.class);
        return commands;
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String... arguments) {
        // Prints numbers and texts in the same way on every machine.
        Locale.setDefault(Locale.ROOT);
        String called = arguments.length == 0 ? "" : arguments[0];
        // Only the server logs its normal work; the other commands print their results.
        Logging.toStandardError(called.equals("serve") ? Level.INFO : Level.WARNING);
        CommandLine line = line(called);
        line.setUsageHelpAutoWidth(true);
        // An argument that starts with @ belongs to the command, for example a list of files.
        line.setExpandAtFiles(false);
        line.setExecutionExceptionHandler((e, failed, parsed) -> explain(e, failed));
        line.setParameterExceptionHandler((e, given) -> usage(e));
        return line.execute(arguments);
    }

    /** The command line with all commands, for help. */
    static CommandLine line() {
        return line("");
    }

    private static CommandLine line(String called) {
        CommandLine line = new CommandLine(new Main());
        addCommands(line, called);
        return line;
    }

    /**
     * Adds the called command, or all commands if none matches. Reading the options of all commands takes a quarter of
     * the server's start.
     */
    private static void addCommands(CommandLine line, String called) {
        Map<String, Class<?>> commands = commands();
        boolean one = commands.containsKey(called) && !called.equals("help");
        commands.forEach((name, type) -> {
            if (!one || name.equals(called)) {
                line.addSubcommand(name, type);
            }
        });
        addSettings(line.getSubcommands().get("serve"), ServeCommand.SETTINGS);
        addSettings(line.getSubcommands().get("import"), ImportCommand.SETTINGS);
    }

    private static void addSettings(@Nullable CommandLine command, List<NamedSetting> settings) {
        if (command != null) {
            SettingFlags.addTo(command, settings);
        }
    }

    /** Prints one sentence for a failure that the user can act on, and a stack trace for a bug. */
    private static int explain(Exception e, CommandLine line) {
        PrintWriter err = line.getErr();
        if (e instanceof AgnesException known) {
            err.println("agnes: " + Printable.of(known.getMessage()));
            return ExitCode.of(known);
        }
        if (e instanceof IllegalArgumentException) {
            err.println("agnes: " + Printable.of(String.valueOf(e.getMessage())));
            return ExitCode.USAGE;
        }
        if (e instanceof InterruptedException) {
            return ExitCode.FAILED;
        }
        if (e instanceof UncheckedIOException wrapped && wrapped.getCause() != null) {
            err.println("agnes: " + Printable.of(sentence(wrapped.getCause())));
            return ExitCode.FAILED;
        }
        if (e instanceof IOException failed) {
            err.println("agnes: " + Printable.of(sentence(failed)));
            return ExitCode.FAILED;
        }
        e.printStackTrace(err);
        return ExitCode.BUG;
    }

    private static String sentence(IOException e) {
        String path = e instanceof FileSystemException of && of.getFile() != null ? of.getFile() + ": " : "";
        return path + CoreException.reason(e);
    }

    private static int usage(CommandLine.ParameterException e) {
        CommandLine line = e.getCommandLine();
        line.getErr().println("agnes: " + Printable.of(String.valueOf(e.getMessage())));
        CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr());
        line.getErr().println("Try: agnes help" + below(line));
        return ExitCode.USAGE;
    }

    /** The words that follow {@code agnes help} for this command. */
    private static String below(CommandLine line) {
        String name = line.getCommandSpec().qualifiedName();
        return name.equals("agnes") ? "" : name.substring("agnes".length());
    }

    static final class ModuleVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"agnes " + io.agnes.server.AgnesServer.version()};
        }
    }
}
