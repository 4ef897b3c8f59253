package io.agnes.server.cli;

import static java.util.Objects.requireNonNull;

import io.agnes.core.AgnesException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The process. */
@Command(
        name = "agnes",
        description = "Tables out of Keboola and BigQuery, kept as verified Parquet, handed to those who may see them.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.ModuleVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ServeCommand.class,
            DemoCommand.class,
            PullCommand.class,
            SyncCommand.class,
            ImportCommand.class,
            ParquetCommand.class,
            EmulateCommand.class,
            BenchCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String... arguments) {
        logToStandardError();
        CommandLine commands = new CommandLine(new Main());
        SettingFlags.addTo(requireNonNull(commands.getSubcommands().get("serve")));
        SettingFlags.addTo(requireNonNull(commands.getSubcommands().get("import")), ImportCommand.SETTINGS);
        commands.setExecutionExceptionHandler((e, line, parsed) -> explain(e, line));
        commands.setParameterExceptionHandler((e, given) -> usage(e));
        return commands.execute(arguments);
    }

    /** One sentence for what somebody can act on; a trace for what only a developer can. */
    private static int explain(Exception e, CommandLine line) {
        PrintWriter err = line.getErr();
        if (e instanceof AgnesException known) {
            err.println("agnes: " + known.getMessage());
            return ExitCode.of(known);
        }
        if (e instanceof IllegalArgumentException) {
            err.println("agnes: " + e.getMessage());
            return ExitCode.USAGE;
        }
        if (e instanceof InterruptedException) {
            return ExitCode.FAILED;
        }
        e.printStackTrace(err);
        return ExitCode.BUG;
    }

    private static int usage(CommandLine.ParameterException e) {
        CommandLine line = e.getCommandLine();
        line.getErr().println("agnes: " + e.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr());
        line.getErr().println("Try: agnes help " + line.getCommandName());
        return ExitCode.USAGE;
    }

    private static void logToStandardError() {
        try (InputStream settings = Main.class.getResourceAsStream("logging.properties")) {
            LogManager.getLogManager().readConfiguration(settings);
        } catch (IOException e) {
            throw new IllegalStateException("the logging settings of this program cannot be read", e);
        }
    }

    static final class ModuleVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"agnes " + io.agnes.server.AgnesServer.version()};
        }
    }
}
