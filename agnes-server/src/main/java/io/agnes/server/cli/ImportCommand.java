// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Time;
import io.agnes.server.settings.NamedSetting;
import io.agnes.server.settings.Settings;
import io.agnes.server.settings.SettingsCatalog;
import io.agnes.server.settings.Sources;
import io.agnes.server.upstream.Finding;
import io.agnes.server.upstream.ImportPlan;
import io.agnes.server.upstream.UpstreamData;
import io.agnes.server.upstream.UpstreamDatabase;
import io.agnes.server.upstream.UpstreamImport;
import io.agnes.server.upstream.Verdict;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agnes import}: imports the registry of Agnes for Python. */
@Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Imports tables, users, groups, grants and files of Agnes for Python. Writes nothing without"
                + " --apply, and never changes existing data.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            " 0:everything is imported, or would be with --apply",
            " 1:the old database cannot be read",
            " 3:some rows or files are in conflict and are left out",
            "64:invalid arguments",
            "73:the data directory is held by another process, or cannot be used",
            "78:invalid settings, or a registry that cannot be opened"
        })
final class ImportCommand implements Callable<Integer> {
    static final List<NamedSetting> SETTINGS =
            SettingsCatalog.of(Sources.TYPES).only(Set.of(Settings.DATA_DIR, Settings.TEMP_DIR));

    private static final int IN_CONFLICT = 3;

    private static final List<String> NOTES = List.of(
            "Passwords and tokens are not taken over: each user needs a new token (POST /api/admin/tokens).",
            "Where no token was ever minted, the first start of agnes serve makes one for the user admin.");

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "FILE",
            required = true,
            description = "the system.duckdb to import; it is never changed")
    @SuppressWarnings("NullAway.Init")
    private Path from;

    @Option(names = "--apply", description = "write the import; without this nothing is written")
    private boolean apply;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Option(names = "--config", paramLabel = "FILE", description = "settings in YAML (AGNES_CONFIG)")
    private @Nullable Path config;

    @Override
    public Integer call() throws Exception {
        Settings settings = SettingFlags.settings(spec.commandLine(), SETTINGS, SettingFlags.file(config));
        UpstreamData theirs = UpstreamDatabase.read(from);
        ImportPlan plan = imported(theirs, settings);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(plan));
        } else {
            tell(plan, out);
        }
        return plan.count(Verdict.Conflict.class) == 0 ? 0 : IN_CONFLICT;
    }

    private ImportPlan imported(UpstreamData theirs, Settings settings) throws IOException, InterruptedException {
        Time time = Time.system();
        try (UpstreamImport here = apply
                ? UpstreamImport.inEarnest(settings.dataDir(), settings.tempDir(), time)
                : UpstreamImport.rehearsal(settings.dataDir(), time)) {
            ImportPlan plan = here.plan(theirs);
            return apply ? here.apply(plan) : plan;
        }
    }

    private void tell(ImportPlan plan, PrintWriter out) {
        out.println(from + ", schema " + plan.version() + (apply ? "" : ": a dry run, nothing is written"));
        out.println();
        int widest = plan.findings().stream()
                .mapToInt(finding -> finding.subject().length())
                .max()
                .orElse(0);
        for (Finding finding : plan.findings()) {
            Verdict verdict = finding.verdict();
            String line = String.format(
                    Locale.ROOT,
                    "%-6s  %-" + Math.max(1, widest) + "s  %-8s  %s",
                    finding.kind().text(),
                    finding.subject(),
                    verdict.word(),
                    verdict.reason());
            out.println(line.stripTrailing());
        }
        out.println();
        out.println(plan.count(Verdict.New.class) + " new, " + plan.count(Verdict.Present.class) + " present, "
                + plan.count(Verdict.Conflict.class) + " in conflict, " + plan.count(Verdict.LeftOut.class)
                + " left out");
        NOTES.forEach(out::println);
        if (!apply) {
            out.println("--apply writes what is new.");
        }
    }

    private JsonObject json(ImportPlan plan) {
        JsonArrayBuilder findings = Json.createArrayBuilder();
        for (Finding finding : plan.findings()) {
            findings.add(Json.createObjectBuilder()
                    .add("kind", finding.kind().text())
                    .add("subject", finding.subject())
                    .add("verdict", finding.verdict().word())
                    .add("reason", finding.verdict().reason()));
        }
        return Json.createObjectBuilder()
                .add("from", from.toString())
                .add("schema", plan.version())
                .add("applied", apply)
                .add("new", plan.count(Verdict.New.class))
                .add("present", plan.count(Verdict.Present.class))
                .add("conflict", plan.count(Verdict.Conflict.class))
                .add("left_out", plan.count(Verdict.LeftOut.class))
                .add("findings", findings)
                .add("notes", Json.createArrayBuilder(NOTES))
                .build();
    }
}
