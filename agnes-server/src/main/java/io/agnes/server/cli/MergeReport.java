// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.Printable;
import io.agnes.core.file.FileDigests;
import io.agnes.core.parquet.MergeOutcome;
import io.agnes.core.parquet.MergePlan;
import io.agnes.core.parquet.Note;
import io.agnes.core.parquet.Reason;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The report of a plan or a merge: the outcome and the written file.
 *
 * @param out the name of the output file as given; null for a plan
 * @param written null if no file was written
 */
record MergeReport(
        MergeOutcome outcome,
        @Nullable String out,
        @Nullable Written written) {
    /**
     * The written file.
     *
     * @param rewritten true if every row was decoded, false if row groups were copied
     * @param notes what a rewrite changed apart from values
     */
    private record Written(boolean rewritten, FileDigests digests, long rows, List<Note> notes) {}

    static MergeReport of(MergeOutcome outcome) {
        return new MergeReport(outcome, null, null);
    }

    MergeReport copied(String out, FileDigests digests, long rows) {
        return new MergeReport(outcome, out, new Written(false, digests, rows, List.of()));
    }

    MergeReport rewritten(String out, FileDigests digests, long rows, List<Note> notes) {
        return new MergeReport(outcome, out, new Written(true, digests, rows, notes));
    }

    MergeReport notWritten(String out) {
        return new MergeReport(outcome, out, null);
    }

    int exitCode() {
        if (written != null) {
            return 0;
        }
        return switch (outcome) {
            case MergeOutcome.Mergeable mergeable -> 0;
            case MergeOutcome.NeedsRewrite rewrite -> ParquetCommand.NEEDS_REWRITE;
            case MergeOutcome.Refused refused -> ParquetCommand.REFUSED;
        };
    }

    String text() {
        StringBuilder text = new StringBuilder();
        switch (outcome) {
            case MergeOutcome.Mergeable mergeable -> {
                text.append("mergeable: ").append(sizes(mergeable.plan()));
                append(mergeable.notes(), text);
            }
            case MergeOutcome.NeedsRewrite rewrite -> append("needs a rewrite:", rewrite.reasons(), text);
            case MergeOutcome.Refused refused -> append("refused:", refused.reasons(), text);
        }
        if (written != null) {
            append(written.notes(), text);
            text.append(written.rewritten() ? "\nrewritten to " : "\ncopied to ")
                    .append(Printable.of(String.valueOf(out)))
                    .append(String.format(
                            Locale.ROOT,
                            ", %d bytes, SHA-256 %s",
                            written.digests().length(),
                            written.digests().sha256()));
        }
        return text.toString();
    }

    private static void append(List<Note> notes, StringBuilder text) {
        notes.forEach(note -> text.append("\nnote: ").append(note.message()));
    }

    private static void append(String verdict, List<Reason> reasons, StringBuilder text) {
        text.append(verdict);
        reasons.forEach(reason -> text.append("\n  ").append(reason.message().replace("\n", "\n  ")));
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

    String json() {
        JsonObjectBuilder json = Json.createObjectBuilder().add("verdict", verdict());
        switch (outcome) {
            case MergeOutcome.Mergeable mergeable -> addPlan(mergeable, json);
            case MergeOutcome.NeedsRewrite rewrite -> json.add("reasons", json(rewrite.reasons()));
            case MergeOutcome.Refused refused -> json.add("reasons", json(refused.reasons()));
        }
        if (out != null) {
            json.add("out", out).add("written", written != null);
        }
        if (written != null) {
            if (written.rewritten()) {
                json.add("notes", notes(written.notes()));
            }
            json.add("rewritten", written.rewritten())
                    .add("rows", written.rows())
                    .add("size_bytes", written.digests().length())
                    .add("sha256", written.digests().sha256());
        }
        return json.add("exit_code", exitCode()).build().toString();
    }

    private String verdict() {
        if (written != null && written.rewritten()) {
            return "rewritten";
        }
        return switch (outcome) {
            case MergeOutcome.Mergeable mergeable -> "mergeable";
            case MergeOutcome.NeedsRewrite rewrite -> "needs_rewrite";
            case MergeOutcome.Refused refused -> "refused";
        };
    }

    private static void addPlan(MergeOutcome.Mergeable mergeable, JsonObjectBuilder json) {
        MergePlan plan = mergeable.plan();
        json.add("size_bytes", plan.length())
                .add("rows", plan.rows())
                .add("row_groups", plan.rowGroups())
                .add("footer_bytes", plan.footerBytes())
                .add("schema", plan.schema().toString())
                .add("notes", notes(mergeable.notes()));
    }

    private static JsonArrayBuilder notes(List<Note> notes) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        notes.stream().map(Note::message).forEach(array::add);
        return array;
    }

    private static JsonArrayBuilder json(List<Reason> reasons) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        reasons.forEach(reason -> array.add(Json.createObjectBuilder()
                .add("kind", reason.getClass().getSimpleName())
                .add("part", reason.part())
                .add("message", reason.message())));
        return array;
    }
}
