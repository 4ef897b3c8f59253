package io.agnes.server.cli;

import io.agnes.core.Time;
import io.agnes.core.composite.Part;
import io.agnes.core.duckdb.DuckDbParquet;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.parquet.MergeOutcome;
import io.agnes.core.parquet.MergePlan;
import io.agnes.core.parquet.Note;
import io.agnes.core.parquet.ParquetFile;
import io.agnes.core.parquet.ParquetMerge;
import io.agnes.core.parquet.Reason;
import io.agnes.core.parquet.RewriteOutcome;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agnes parquet}: the engine that makes one file out of many, as a tool for files on this machine. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Looks into Parquet files, and makes one of many without decoding a row.",
        subcommands = {ParquetCommand.Plan.class, ParquetCommand.Merge.class, ParquetCommand.Inspect.class})
final class ParquetCommand {
    private static final int NEEDS_REWRITE = 3;
    private static final int REFUSED = 4;
    private static final long REWRITE_MEMORY_BYTES = 1L << 30;

    private ParquetCommand() {}

    /** What the three take alike. */
    static final class Input {
        @Parameters(paramLabel = "FILES", arity = "1..*", description = "Parquet files, in the order of their rows")
        private List<Path> files = List.of();

        @Option(names = "--json", description = "print JSON")
        private boolean json;

        /** Opens all, hands them over, closes all. */
        <T> T open(Work<T> work) throws IOException, InterruptedException {
            List<Part> parts = new ArrayList<>();
            try {
                for (Path file : files) {
                    parts.add(part(file));
                }
                return work.on(parts);
            } finally {
                for (Part part : parts) {
                    part.close();
                }
            }
        }

        private static Part part(Path file) {
            try {
                return Part.of(file);
            } catch (IOException e) {
                throw CommandException.unreadable("file " + file, e);
            }
        }
    }

    /** What is done with open parts. */
    interface Work<T> {
        T on(List<Part> parts) throws IOException, InterruptedException;
    }

    @Command(
            name = "plan",
            mixinStandardHelpOptions = true,
            description = "Says whether the files can be one, what it would be, and why not (exit code 3: by rewriting"
                    + " alone, 4: not at all).")
    static final class Plan implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Mixin
        private final Input input = new Input();

        @Override
        public Integer call() throws Exception {
            MergeOutcome outcome = input.open(ParquetMerge::plan);
            tell(outcome, input.json, spec.commandLine().getOut());
            return code(outcome);
        }
    }

    @Command(name = "merge", mixinStandardHelpOptions = true, description = "Makes one file of many.")
    static final class Merge implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Mixin
        private final Input input = new Input();

        @Option(names = "-o", paramLabel = "OUT", required = true, description = "the file to make; replaced whole")
        @SuppressWarnings("NullAway.Init")
        private Path out;

        @Option(names = "--rewrite", description = "decode and write every row where the files cannot be copied")
        private boolean rewrite;

        @Override
        public Integer call() throws Exception {
            Path target = out.toAbsolutePath();
            Path directory = target.resolveSibling("." + target.getFileName() + ".draft-"
                    + ProcessHandle.current().pid());
            try (FileDraft draft = FileDraft.of(
                    FileStore.system(), directory, target.getFileName().toString())) {
                MergeOutcome outcome = input.open(parts -> copied(ParquetMerge.plan(parts), parts, draft));
                List<Note> notes = List.of();
                boolean rewritten = false;
                if (rewrite && outcome instanceof MergeOutcome.NeedsRewrite) {
                    switch (DuckDbParquet.of(REWRITE_MEMORY_BYTES).rewrite(input.files, draft.path())) {
                        case RewriteOutcome.Refused refused -> outcome = new MergeOutcome.Refused(refused.reasons());
                        case RewriteOutcome.Rewritten made -> {
                            rewritten = true;
                            notes = made.notes();
                        }
                    }
                }
                PrintWriter says = spec.commandLine().getOut();
                tell(outcome, input.json, says);
                if (!input.json) {
                    notes.forEach(note -> says.println("note: " + note.message()));
                }
                if (outcome instanceof MergeOutcome.Mergeable || rewritten) {
                    FileDigests digests = FileDigests.of(draft.path());
                    draft.publish(target, Time.system().now());
                    if (!input.json) {
                        says.println((rewritten ? "rewritten to " : "copied to ") + out + ", " + digests.length()
                                + " bytes, SHA-256 " + digests.sha256());
                    }
                    return 0;
                }
                return code(outcome);
            }
        }

        private static MergeOutcome copied(MergeOutcome outcome, List<Part> parts, FileDraft draft)
                throws IOException, InterruptedException {
            if (outcome instanceof MergeOutcome.Mergeable mergeable) {
                mergeable.plan().copyTo(parts, draft.path());
            }
            return outcome;
        }
    }

    @Command(name = "inspect", mixinStandardHelpOptions = true, description = "Tells what each file's footer says.")
    static final class Inspect implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Mixin
        private final Input input = new Input();

        @Override
        public Integer call() throws Exception {
            return input.open(parts -> {
                int code = 0;
                for (Part part : parts) {
                    code = Math.max(code, inspect(part));
                }
                return code;
            });
        }

        private int inspect(Part part) throws IOException, InterruptedException {
            PrintWriter out = spec.commandLine().getOut();
            return switch (ParquetFile.inspect(part)) {
                case ParquetFile.Inspection.Opened opened -> {
                    out.println(
                            input.json
                                    ? json(part.name(), opened.file()).toString()
                                    : text(part.name(), opened.file()));
                    yield 0;
                }
                case ParquetFile.Inspection.Unreadable unreadable -> {
                    out.println(
                            input.json
                                    ? Json.createObjectBuilder()
                                            .add("file", part.name())
                                            .add("error", unreadable.reason().message())
                                            .build()
                                            .toString()
                                    : part.name() + ": " + unreadable.reason().message());
                    yield REFUSED;
                }
            };
        }
    }

    private static int code(MergeOutcome outcome) {
        return switch (outcome) {
            case MergeOutcome.Mergeable mergeable -> 0;
            case MergeOutcome.NeedsRewrite rewrite -> NEEDS_REWRITE;
            case MergeOutcome.Refused refused -> REFUSED;
        };
    }

    private static void tell(MergeOutcome outcome, boolean json, PrintWriter out) {
        if (json) {
            out.println(json(outcome));
            return;
        }
        switch (outcome) {
            case MergeOutcome.Mergeable mergeable -> {
                out.println("mergeable: " + sizes(mergeable.plan()));
                mergeable.notes().stream().map(Note::message).forEach(note -> out.println("note: " + note));
            }
            case MergeOutcome.NeedsRewrite rewrite -> tell("needs a rewrite", rewrite.reasons(), out);
            case MergeOutcome.Refused refused -> tell("refused", refused.reasons(), out);
        }
    }

    private static void tell(String verdict, List<Reason> reasons, PrintWriter out) {
        out.println(verdict + ":");
        reasons.forEach(reason -> out.println("  " + reason.message().replace("\n", "\n  ")));
    }

    private static String sizes(MergePlan plan) {
        return String.format(
                Locale.ROOT,
                "%,d bytes, %,d rows in %,d row groups of %,d files, footer %,d bytes",
                plan.length(),
                plan.rows(),
                plan.rowGroups(),
                plan.placements().size(),
                plan.footerBytes());
    }

    private static JsonObject json(MergeOutcome outcome) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        switch (outcome) {
            case MergeOutcome.Mergeable mergeable -> {
                JsonArrayBuilder notes = Json.createArrayBuilder();
                mergeable.notes().stream().map(Note::message).forEach(notes::add);
                MergePlan plan = mergeable.plan();
                json.add("verdict", "mergeable")
                        .add("size_bytes", plan.length())
                        .add("rows", plan.rows())
                        .add("row_groups", plan.rowGroups())
                        .add("footer_bytes", plan.footerBytes())
                        .add("schema", plan.schema().toString())
                        .add("notes", notes);
            }
            case MergeOutcome.NeedsRewrite rewrite ->
                json.add("verdict", "needs_rewrite").add("reasons", json(rewrite.reasons()));
            case MergeOutcome.Refused refused -> json.add("verdict", "refused").add("reasons", json(refused.reasons()));
        }
        return json.build();
    }

    private static JsonArrayBuilder json(List<Reason> reasons) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        reasons.forEach(reason -> array.add(Json.createObjectBuilder()
                .add("kind", reason.getClass().getSimpleName())
                .add("part", reason.part())
                .add("message", reason.message())));
        return array;
    }

    private static JsonObject json(String name, ParquetFile file) {
        JsonArrayBuilder columns = Json.createArrayBuilder();
        file.columns()
                .forEach(column -> columns.add(Json.createObjectBuilder()
                        .add("name", column.column().name())
                        .add("type", column.column().sqlType())
                        .add("compressed_bytes", column.compressedBytes())
                        .add("uncompressed_bytes", column.uncompressedBytes())
                        .add("codecs", Json.createArrayBuilder(List.copyOf(column.codecs())))));
        return Json.createObjectBuilder()
                .add("file", name)
                .add("size_bytes", file.length())
                .add("rows", file.rows())
                .add("row_groups", file.rowGroups())
                .add("footer_bytes", file.footerBytes())
                .add("created_by", file.createdBy().orElse(""))
                .add("schema", file.schema().toString())
                .add("columns", columns)
                .build();
    }

    private static String text(String name, ParquetFile file) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %,d bytes, %,d rows in %,d row groups, footer %,d bytes, by %s%n",
                name,
                file.length(),
                file.rows(),
                file.rowGroups(),
                file.footerBytes(),
                file.createdBy().orElse("an unnamed writer")));
        file.columns()
                .forEach(column -> text.append(String.format(
                        Locale.ROOT,
                        "  %-32s %-24s %,14d bytes  %s%n",
                        column.column().name(),
                        column.column().sqlType(),
                        column.compressedBytes(),
                        String.join(",", column.codecs()))));
        return text.append(file.schema()).toString();
    }
}
