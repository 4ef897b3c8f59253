// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.file.DataDirectory;
import io.agnes.core.file.FileStore;
import io.agnes.core.file.Scratch;
import io.agnes.server.audit.AuditHead;
import io.agnes.server.audit.AuditRecord;
import io.agnes.server.audit.ChainVerifier;
import io.agnes.server.registry.Database;
import io.agnes.server.registry.RegistryAudit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agnes audit verify}: whether the records of the audit are those that were written, and in their order. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Verifies the chain of the audit: of a running server, or with --data-dir of one that is down.",
            "Standard output is the end of the chain. Keep it elsewhere: with --head it proves later that nothing before"
                    + " it was changed."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:the chain is whole",
            "1:a record was changed, removed or replaced",
            "64:invalid arguments, or a refused address",
            "69:no server answers",
            "73:a server holds the directory, or it has no registry, or cannot be used",
            "76:what the server sent is malformed",
            "77:the server refuses the token, or there is none",
            "78:the registry cannot be opened"
        })
final class AuditVerifyCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--data-dir", paramLabel = "DIR", description = "data directory of a server that is down")
    private @Nullable Path dataDir;

    @Option(
            names = "--head",
            paramLabel = "SEQUENCE:HASH",
            description = "an end that the chain had; as this command or the log of the server told it")
    private @Nullable String head;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Override
    public Integer call() throws Exception {
        List<AuditHead> expected = head == null ? List.of() : List.of(expected(head));
        AuditHead last = dataDir == null ? verifyServer(expected) : verifyDirectory(dataDir, expected);
        spec.commandLine().getErr().println("the audit is whole: " + last.sequence() + " records");
        spec.commandLine().getErr().flush();
        spec.commandLine().getOut().println(last);
        spec.commandLine().getOut().flush();
        return 0;
    }

    private AuditHead expected(String text) {
        return AuditHead.parse(text)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "--head must be a number, a colon and 64 hex digits"));
    }

    private AuditHead verifyServer(List<AuditHead> expected) {
        try (ServerClient client = server.client()) {
            return verify(AuditPages.of(client), expected);
        }
    }

    private static AuditHead verifyDirectory(Path dataDir, List<AuditHead> expected) throws IOException {
        Path registry = dataDir.toAbsolutePath().normalize().resolve("registry.duckdb");
        if (!Files.isRegularFile(registry)) {
            throw CommandException.registryMissing(dataDir);
        }
        try (DataDirectory data = DataDirectory.open(FileStore.system(), dataDir)) {
            Scratch scratch = data.scratch(data.root().resolve("tmp"));
            try (Database database = Database.open(registry, scratch.root())) {
                return verify(AuditPages.of(RegistryAudit.of(database)), expected);
            }
        }
    }

    /** The end of the chain, if it is whole. */
    private static AuditHead verify(AuditPages pages, List<AuditHead> expected) {
        ChainVerifier verifier = new ChainVerifier(expected);
        AuditPages.Page page = pages.after(0);
        while (!page.records().isEmpty()) {
            for (AuditRecord record : page.records()) {
                requireWhole(verifier.next(record));
            }
            page = pages.after(verifier.last().sequence());
        }
        requireWhole(verifier.end(page.head()));
        return verifier.last();
    }

    private static void requireWhole(Optional<String> wrong) {
        if (wrong.isPresent()) {
            throw CommandException.auditBroken(wrong.get());
        }
    }
}
