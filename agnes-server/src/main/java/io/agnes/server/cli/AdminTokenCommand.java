// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Secret;
import io.agnes.core.Time;
import io.agnes.core.file.DataDirectory;
import io.agnes.core.file.FileStore;
import io.agnes.core.file.Scratch;
import io.agnes.server.access.FirstToken;
import io.agnes.server.access.Name;
import io.agnes.server.access.Scope;
import io.agnes.server.registry.Database;
import io.agnes.server.registry.RegistryAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code agnes admin token}: mints a token for an administrator who has lost every token. Write access to the data
 * directory is enough, because with it a user could also change the registry file directly. The audit log names {@code
 * command-line} as the author.
 */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Mints a token for an administrator while the server is stopped. Adds the user, and the membership in"
                    + " the group Admin, if they are missing.",
            "Standard output contains only the token."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            " 0:the token was minted",
            "64:invalid arguments",
            "73:a server holds the directory, or the directory has no registry or cannot be used",
            "78:the registry cannot be opened"
        })
final class AdminTokenCommand implements Callable<Integer> {
    private static final Name BY = new Name("command-line");
    private static final int MOST_DAYS = 3_650;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--data-dir", paramLabel = "DIR", required = true, description = "data directory of the server")
    @SuppressWarnings("NullAway.Init")
    private Path dataDir;

    @Option(names = "--user", paramLabel = "NAME", description = "user of the token (${DEFAULT-VALUE})")
    private String user = FirstToken.USER.value();

    @Option(
            names = "--expires-days",
            paramLabel = "N",
            description = "days until the token expires, 1 to " + MOST_DAYS + " (${DEFAULT-VALUE})")
    private int days = (int) FirstToken.LIFE.toDays();

    @Override
    public Integer call() throws Exception {
        Name name = Name.parse(user)
                .filter(given -> !given.equals(Name.SCHEDULER))
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "--user must be " + Name.GRAMMAR + ", and not " + Name.SCHEDULER));
        if (days < 1 || days > MOST_DAYS) {
            throw new ParameterException(
                    spec.commandLine(), "--expires-days must be 1 to " + MOST_DAYS + ", not " + days);
        }
        Instant now = Time.system().now();
        Instant expires = now.plus(Duration.ofDays(days));
        Secret token = mint(name, now, expires);
        spec.commandLine()
                .getErr()
                .println("user " + name + ", an administrator, has this token until "
                        + expires.truncatedTo(ChronoUnit.SECONDS) + ":");
        spec.commandLine().getErr().flush();
        spec.commandLine().getOut().println(token.reveal());
        spec.commandLine().getOut().flush();
        return 0;
    }

    private Secret mint(Name name, Instant now, Instant expires) throws IOException {
        Path registry = dataDir.toAbsolutePath().normalize().resolve("registry.duckdb");
        if (!Files.isRegularFile(registry)) {
            throw CommandException.registryMissing(dataDir);
        }
        FileStore files = FileStore.system();
        try (DataDirectory data = DataDirectory.open(files, dataDir)) {
            Scratch scratch = data.scratch(data.root().resolve("tmp"));
            try (Database database = Database.open(registry, scratch.root())) {
                RegistryAccess access = new RegistryAccess(database);
                FirstToken.makeAdmin(access, name, BY, now);
                return access.mint(name, EnumSet.allOf(Scope.class), now, expires, BY);
            }
        }
    }
}
