// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Part;
import io.agnes.core.composite.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Plans a merge of many Parquet files without decoding a row: it reads the end of each part, checks whether they can be
 * merged, and builds the merged footer in memory. The merged file has the parts in the given order.
 */
public final class ParquetMerge {
    private final List<? extends Part> parts;
    private final MergeRules rules;
    private final Optional<FieldIds> fieldIds;
    private final MergeCheck check;

    private ParquetMerge(List<? extends Part> parts, MergeRules rules, Optional<FieldIds> fieldIds) {
        this.parts = parts;
        this.rules = rules;
        this.fieldIds = fieldIds;
        this.check = new MergeCheck(rules.anyWriter(), fieldIds.isPresent());
    }

    /** Plans a merge with {@link MergeRules#standard()}. */
    public static MergeOutcome plan(List<? extends Part> parts) throws IOException, InterruptedException {
        return plan(parts, MergeRules.standard());
    }

    /**
     * Plans a merge. Makes one to three reads from the end of each part and holds at most {@link ParquetLimits#KEPT_BYTES} of
     * them in memory. Invalid parts give an outcome; only a failed read is an exception.
     *
     * @param parts 1 to {@link ParquetLimits#PARTS}; the merged file of a single part has the part's bytes
     * @throws IOException if a part cannot be read
     */
    public static MergeOutcome plan(List<? extends Part> parts, MergeRules rules)
            throws IOException, InterruptedException {
        return plan(parts, rules, Optional.empty());
    }

    /**
     * Plans a merge into a file whose fields have the ids of their table. The parts may differ in theirs. New ids are stored when
     * this returns, even if the parts turn out to need a rewrite.
     *
     * @param parts 1 to {@link ParquetLimits#PARTS}
     * @param fieldIds the ids of the table; empty to keep those of the parts
     * @throws IOException if a part cannot be read
     * @throws io.agnes.core.AgnesException if ids cannot be given
     */
    public static MergeOutcome plan(List<? extends Part> parts, MergeRules rules, Optional<FieldIds> fieldIds)
            throws IOException, InterruptedException {
        if (parts.isEmpty() || parts.size() > ParquetLimits.PARTS) {
            throw new IllegalArgumentException(
                    "a merge of " + parts.size() + " parts, 1 to " + ParquetLimits.PARTS + " are possible");
        }
        return new ParquetMerge(List.copyOf(parts), rules, fieldIds).plan();
    }

    private MergeOutcome plan() throws IOException, InterruptedException {
        List<Tail> tails = new ArrayList<>(parts.size());
        for (TailReader.Result result : TailReader.read(parts, rules.readsAtOnce())) {
            if (result.reason() != null) {
                check.refuse(result.reason());
            }
            if (result.tail() != null) {
                check.add(result.tail());
                tails.add(result.tail());
            }
        }
        List<Reason> reasons = check.reasons();
        if (parts.size() == 1) {
            // Offsets do not change for a single part, so unknown fields do no harm.
            reasons.removeIf(Reason.UnknownField.class::isInstance);
        }
        return reasons.isEmpty() ? merge(tails, schema(tails)) : verdict(reasons);
    }

    /** The schema of the merged file. */
    private SchemaWithIds schema(List<Tail> tails) {
        Span encoded = tails.get(0).footer().schema();
        return fieldIds.map(ids -> SchemaWithIds.of(encoded, check.schema(), check.ids(), ids))
                .orElse(new SchemaWithIds(encoded, check.schema()));
    }

    private static MergeOutcome verdict(List<Reason> reasons) {
        return reasons.stream().anyMatch(Reason::isFinal)
                ? new MergeOutcome.Refused(reasons)
                : new MergeOutcome.NeedsRewrite(reasons);
    }

    private MergeOutcome merge(List<Tail> tails, SchemaWithIds schema) {
        try {
            return mergeAdmitted(tails, schema);
        } catch (UnusablePartException e) {
            return verdict(List.of(e.reason()));
        } catch (RuntimeException e) {
            return verdict(List.of(Reason.Damaged.by("one of the parts", e)));
        }
    }

    private MergeOutcome mergeAdmitted(List<Tail> tails, SchemaWithIds schema) throws UnusablePartException {
        MergeCheck.Sums sums = check.sums();
        if (sums.chunks() > rules.chunks()) {
            return verdict(List.of(new Reason.TooManyChunks(sums.chunks(), rules.chunks())));
        }
        // Offsets only grow and few fields are left out, so this is a lower bound of the merged footer's length.
        long rowGroupBytes =
                tails.stream().mapToLong(tail -> tail.footer().rowGroupBytes()).sum();
        if (rowGroupBytes / 2 > rules.footerBytes()) {
            return verdict(List.of(new Reason.FooterTooLarge("", rowGroupBytes, rules.footerBytes())));
        }
        if (parts.size() == 1) {
            return judge(single(tails.get(0), sums, schema), List.of());
        }
        CommonKeyValues keyValues = CommonKeyValues.of(tails);
        if (!keyValues.reasons().isEmpty()) {
            return verdict(keyValues.reasons());
        }
        return judge(merged(shiftedParts(tails), sums, schema, keyValues), notes(sums, keyValues));
    }

    private static List<FooterMerger.ShiftedPart> shiftedParts(List<Tail> tails) {
        List<FooterMerger.ShiftedPart> shiftedParts = new ArrayList<>(tails.size());
        long shift = 0;
        for (Tail tail : tails) {
            shiftedParts.add(new FooterMerger.ShiftedPart(tail, shift));
            shift = Math.addExact(shift, tail.dataBytes());
        }
        return shiftedParts;
    }

    private MergePlan merged(
            List<FooterMerger.ShiftedPart> shiftedParts,
            MergeCheck.Sums sums,
            SchemaWithIds schema,
            CommonKeyValues keyValues)
            throws UnusablePartException {
        List<MergePlan.Placement> placements = new ArrayList<>(shiftedParts.size());
        long offset = Tail.MAGIC.length;
        int expected = Tail.TRAILER_BYTES + 1024 + schema.encoded().length();
        for (FooterMerger.ShiftedPart part : shiftedParts) {
            Tail tail = part.tail();
            placements.add(new MergePlan.Placement(placements.size(), Tail.MAGIC.length, tail.dataBytes(), offset));
            offset = Math.addExact(offset, tail.dataBytes());
            expected += tail.footer().bytes().length;
        }
        FooterMerger merger = new FooterMerger(expected, offset, sums.rowGroups());
        merger.write(
                shiftedParts,
                sums,
                schema.encoded(),
                keyValues.kept(),
                check.writers().named());
        // Before tail(), which appends to the footer.
        MergePlan.Totals totals = totals(sums, schema, merger.footerBytes());
        return new MergePlan(placements, merger.tail(), totals);
    }

    /** The plan for a single part. It keeps the footer's bytes if it can, so the file's digest stays the same. */
    private MergePlan single(Tail tail, MergeCheck.Sums sums, SchemaWithIds schema) {
        boolean same = schema.encoded().sameAs(tail.footer().schema());
        byte[] footer = same ? tail.footer().bytes() : tail.footer().withSchema(schema.encoded());
        return new MergePlan(
                List.of(new MergePlan.Placement(0, Tail.MAGIC.length, tail.dataBytes(), Tail.MAGIC.length)),
                tail(footer),
                totals(sums, schema, footer.length));
    }

    private MergePlan.Totals totals(MergeCheck.Sums sums, SchemaWithIds schema, int footerBytes) {
        return new MergePlan.Totals(
                sums.rows(),
                sums.rowGroups(),
                footerBytes,
                sums.medianGroupRows(),
                schema.schema(),
                check.writers().namedText());
    }

    private static Segment.Literal tail(byte[] footer) {
        ByteBuffer tail = ByteBuffer.allocate(footer.length + Tail.TRAILER_BYTES);
        return new Segment.Literal(
                tail.put(footer).put(Tail.trailer(footer.length)).flip());
    }

    private List<Note> notes(MergeCheck.Sums sums, CommonKeyValues keyValues) {
        List<Note> notes = new ArrayList<>(keyValues.notes());
        check.writers().note().ifPresent(notes::add);
        if (sums.sortedGroups() > 0) {
            notes.add(new Note.SortingDropped(sums.sortedGroups()));
        }
        if (sums.rowGroups() > FooterMerger.MOST_ORDINALS) {
            notes.add(new Note.OrdinalsDropped(sums.rowGroups()));
        }
        return notes;
    }

    /** Decides whether the merged file would be efficient to query. */
    private MergeOutcome judge(MergePlan plan, List<Note> notes) {
        long data = plan.length() - plan.tail().length();
        double share = (double) plan.footerBytes() / data;
        if (plan.footerBytes() > rules.footerBytes()) {
            return verdict(List.of(new Reason.FooterTooLarge("", plan.footerBytes(), rules.footerBytes())));
        }
        if (plan.footerBytes() <= rules.smallFooterBytes()
                || plan.medianGroupRows() >= rules.goodGroupRows()
                || share <= rules.notedShare()) {
            return new MergeOutcome.Mergeable(plan, notes);
        }
        if (share > rules.footerShare()) {
            return verdict(List.of(new Reason.RowGroupsTooSmall(
                    plan.footerBytes(), data, share, rules.footerShare(), plan.medianGroupRows())));
        }
        List<Note> more = new ArrayList<>(notes);
        more.add(new Note.SmallRowGroups(share, plan.medianGroupRows()));
        return new MergeOutcome.Mergeable(plan, more);
    }
}
