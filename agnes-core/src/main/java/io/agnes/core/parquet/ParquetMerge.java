// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.composite.Part;
import io.agnes.core.composite.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the plan by which many Parquet files become one without a row being decoded: reads the end of each, decides,
 * and writes the merged footer into memory. Parts follow each other in the order given.
 */
public final class ParquetMerge {
    private final List<? extends Part> parts;
    private final MergeRules rules;
    private final MergeGate gate;

    private ParquetMerge(List<? extends Part> parts, MergeRules rules) {
        this.parts = parts;
        this.rules = rules;
        this.gate = new MergeGate(rules.anyWriter());
    }

    /** A plan by the standard rules. */
    public static MergeOutcome plan(List<? extends Part> parts) throws IOException, InterruptedException {
        return plan(parts, MergeRules.standard());
    }

    /**
     * Reads one to three times from the end of each part and decides. Whatever the bytes are, the answer is an outcome;
     * only a failure to read them is an exception. Keeps at most {@link ParquetLimits#KEPT_BYTES} while it works.
     *
     * @param parts 1 to {@link ParquetLimits#PARTS}; a single one is planned as itself, byte for byte
     * @throws IOException from the first part that could not be read
     */
    public static MergeOutcome plan(List<? extends Part> parts, MergeRules rules)
            throws IOException, InterruptedException {
        if (parts.isEmpty() || parts.size() > ParquetLimits.PARTS) {
            throw new IllegalArgumentException(
                    "a merge of " + parts.size() + " parts, 1 to " + ParquetLimits.PARTS + " are possible");
        }
        return new ParquetMerge(List.copyOf(parts), rules).plan();
    }

    private MergeOutcome plan() throws IOException, InterruptedException {
        List<Tail> tails = new ArrayList<>(parts.size());
        for (TailReader.Result result : TailReader.read(parts, rules.readsAtOnce())) {
            if (result.reason() != null) {
                gate.refuse(result.reason());
            }
            if (result.tail() != null) {
                gate.check(result.tail());
                tails.add(result.tail());
            }
        }
        List<Reason> reasons = gate.reasons();
        if (parts.size() == 1) {
            // Nothing moves, so it does not matter what may be a place.
            reasons.removeIf(Reason.UnknownField.class::isInstance);
        }
        return reasons.isEmpty() ? merge(tails) : verdict(reasons);
    }

    private static MergeOutcome verdict(List<Reason> reasons) {
        return reasons.stream().anyMatch(Reason::isFinal)
                ? new MergeOutcome.Refused(reasons)
                : new MergeOutcome.NeedsRewrite(reasons);
    }

    private MergeOutcome merge(List<Tail> tails) {
        try {
            return mergeAdmitted(tails);
        } catch (Unusable e) {
            return verdict(List.of(e.reason()));
        } catch (RuntimeException e) {
            return verdict(List.of(Reason.Damaged.by("one of the parts", e)));
        }
    }

    private MergeOutcome mergeAdmitted(List<Tail> tails) throws Unusable {
        MergeGate.Sums sums = gate.sums();
        if (sums.chunks() > rules.chunks()) {
            return verdict(List.of(new Reason.TooManyChunks(sums.chunks(), rules.chunks())));
        }
        // Offsets only grow and little is left out, so this much would be there and need not be written to be seen.
        long rowGroupBytes =
                tails.stream().mapToLong(tail -> tail.footer().rowGroupBytes()).sum();
        if (rowGroupBytes / 2 > rules.footerBytes()) {
            return verdict(List.of(new Reason.FooterTooLarge("", rowGroupBytes, rules.footerBytes())));
        }
        if (parts.size() == 1) {
            return judge(itself(tails.get(0), sums), List.of());
        }
        CommonKeyValues keyValues = CommonKeyValues.of(tails);
        if (!keyValues.reasons().isEmpty()) {
            return verdict(keyValues.reasons());
        }
        return judge(merged(members(tails), sums, keyValues), notes(sums, keyValues));
    }

    private static List<FooterMerger.Member> members(List<Tail> tails) {
        List<FooterMerger.Member> members = new ArrayList<>(tails.size());
        long shift = 0;
        for (Tail tail : tails) {
            members.add(new FooterMerger.Member(tail, shift));
            shift = Math.addExact(shift, tail.dataBytes());
        }
        return members;
    }

    private MergePlan merged(List<FooterMerger.Member> members, MergeGate.Sums sums, CommonKeyValues keyValues)
            throws Unusable {
        List<MergePlan.Placement> placements = new ArrayList<>(members.size());
        long offset = Tail.MAGIC.length;
        int expected = Tail.TRAILER_BYTES + 1024;
        for (FooterMerger.Member member : members) {
            Tail tail = member.tail();
            placements.add(new MergePlan.Placement(placements.size(), Tail.MAGIC.length, tail.dataBytes(), offset));
            offset = Math.addExact(offset, tail.dataBytes());
            expected += tail.footer().bytes().length;
        }
        FooterMerger merger = new FooterMerger(expected, offset, sums.rowGroups());
        merger.write(members, sums, keyValues.kept(), gate.writers().named());
        // Asked before the tail, which is written behind it.
        MergePlan.Totals totals = totals(sums, merger.footerBytes());
        return new MergePlan(placements, merger.tail(), totals);
    }

    /** One part keeps its footer as it is, and so its digest. */
    private MergePlan itself(Tail tail, MergeGate.Sums sums) {
        byte[] footer = tail.footer().bytes();
        return new MergePlan(
                List.of(new MergePlan.Placement(0, Tail.MAGIC.length, tail.dataBytes(), Tail.MAGIC.length)),
                tail(footer),
                totals(sums, footer.length));
    }

    private MergePlan.Totals totals(MergeGate.Sums sums, int footerBytes) {
        return new MergePlan.Totals(
                sums.rows(),
                sums.rowGroups(),
                footerBytes,
                sums.medianGroupRows(),
                gate.schema(),
                gate.writers().namedText());
    }

    private static Segment.Literal tail(byte[] footer) {
        ByteBuffer tail = ByteBuffer.allocate(footer.length + Tail.TRAILER_BYTES);
        return new Segment.Literal(
                tail.put(footer).put(Tail.trailer(footer.length)).flip());
    }

    private List<Note> notes(MergeGate.Sums sums, CommonKeyValues keyValues) {
        List<Note> notes = new ArrayList<>(keyValues.notes());
        gate.writers().note().ifPresent(notes::add);
        if (sums.sortedGroups() > 0) {
            notes.add(new Note.SortingDropped(sums.sortedGroups()));
        }
        if (sums.rowGroups() > FooterMerger.MOST_ORDINALS) {
            notes.add(new Note.OrdinalsDropped(sums.rowGroups()));
        }
        return notes;
    }

    /** Whether a merge that is possible is also good for those who will read the file. */
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
