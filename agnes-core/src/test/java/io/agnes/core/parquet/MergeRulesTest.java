// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.composite.Part;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts that could be copied are rewritten if the merged file would be slow to query. */
class MergeRulesTest {
    private static TestDuckDb duckDb;

    @TempDir
    Path dir;

    @BeforeAll
    static void open() throws Exception {
        duckDb = TestDuckDb.open();
    }

    @AfterAll
    static void close() throws Exception {
        duckDb.close();
    }

    private MergeOutcome plan(int rowsPerPart, int parts, MergeRules rules) throws Exception {
        Path path = duckDb.copy(
                "SELECT i AS a, hash(i) AS b, hash(i + 1) AS c, hash(i + 2) AS d FROM range(" + rowsPerPart + ") t(i)",
                dir.resolve(rowsPerPart + ".parquet"),
                "");
        try (Part part = Part.of(path)) {
            return ParquetMerge.plan(Collections.nCopies(parts, part), rules);
        }
    }

    @Test
    void tinyRowGroupsInALargeFooterAreRewritten() throws Exception {
        MergeOutcome outcome = plan(200, 2000, MergeRules.standard());

        List<Reason> reasons =
                assertInstanceOf(MergeOutcome.NeedsRewrite.class, outcome).reasons();
        Reason.RowGroupsTooSmall reason = assertInstanceOf(Reason.RowGroupsTooSmall.class, reasons.get(0));
        assertEquals(200, reason.medianRows());
        assertTrue(reason.message().contains("at most 0.50 % is merged"), reason.message());
    }

    @Test
    void tinyRowGroupsInASmallFooterAreMerged() throws Exception {
        assertInstanceOf(MergeOutcome.Mergeable.class, plan(200, 20, MergeRules.standard()));
    }

    @Test
    void ordinaryRowGroupsAreMergedHoweverMany() throws Exception {
        MergeOutcome outcome = plan(20_000, 1500, MergeRules.standard());

        assertEquals(
                List.of(),
                assertInstanceOf(MergeOutcome.Mergeable.class, outcome).notes());
    }

    @Test
    void theRowsOfTheMedianGroupOverruleTheShare() throws Exception {
        MergeRules strict = new MergeRules(1e-9, 1e-9, 0, 16_000, 100_000, 16 << 20, 1);

        assertInstanceOf(MergeOutcome.Mergeable.class, plan(16_000, 3, strict));
        assertInstanceOf(MergeOutcome.NeedsRewrite.class, plan(15_999, 3, strict));
    }

    @Test
    void betweenTheTwoSharesItIsMergedWithANote() throws Exception {
        MergeRules rules = new MergeRules(0.9, 1e-9, 0, 16_000, 100_000, 16 << 20, 1);

        MergeOutcome outcome = plan(5000, 3, rules);

        assertInstanceOf(
                Note.SmallRowGroups.class,
                assertInstanceOf(MergeOutcome.Mergeable.class, outcome).notes().get(0));
    }

    @Test
    void chunksAndFooterHaveHardLimits() throws Exception {
        MergeRules fewChunks = new MergeRules(1, 1, 1 << 20, 16_000, 11, 16 << 20, 1);
        MergeRules smallFooter = new MergeRules(1, 1, 1 << 20, 16_000, 100_000, 500, 1);

        assertEquals(new MergeOutcome.NeedsRewrite(List.of(new Reason.TooManyChunks(12, 11))), plan(100, 3, fewChunks));
        assertInstanceOf(
                Reason.FooterTooLarge.class,
                assertInstanceOf(MergeOutcome.NeedsRewrite.class, plan(100, 3, smallFooter))
                        .reasons()
                        .get(0));
    }

    @Test
    void allInvalidRulesAreReportedTogether() {
        IllegalArgumentException failure =
                assertThrows(IllegalArgumentException.class, () -> new MergeRules(0.001, 0.003, -1, 0, 0, 0, 0));

        assertEquals(
                "merge rules: noted-share must be positive and at most footer-share; small-footer-bytes must not be"
                        + " negative; good-group-rows must be positive; chunks must be positive; footer-bytes must be 1"
                        + " to 16777216; reads-at-once must be 1 to 256",
                failure.getMessage());
    }

    /** Merges a merged file with itself, so it also tests merging merged files. */
    @Tag("slow")
    @Test
    void fortyThousandRowGroupsLoseTheirNumbersAndNothingElse() throws Exception {
        Path one = ParquetJava.write(
                dir.resolve("one.parquet"),
                "message m { required int32 a; }",
                builder -> {},
                List.of(row -> row.append("a", 1), row -> row.append("a", 2)));
        Path twoHundred = OpenParts.merge(Collections.nCopies(200, one), dir.resolve("200.parquet"));
        Path many = dir.resolve("many.parquet");

        try (OpenParts parts = OpenParts.of(Collections.nCopies(200, twoHundred))) {
            MergeOutcome.Mergeable outcome = assertInstanceOf(
                    MergeOutcome.Mergeable.class,
                    ParquetMerge.plan(parts.list(), MergeRules.standard().withoutShare()));
            assertEquals(List.of(new Note.OrdinalsDropped(40_000)), outcome.notes());
            outcome.plan().copyTo(parts.list(), many);
        }

        assertEquals(
                "80000|120000|",
                duckDb.rows("SELECT count(*), sum(a) FROM '" + many + "'").get(0));
        try (ParquetFileReader reader = ParquetJava.open(many)) {
            assertEquals(40_000, reader.getFooter().getBlocks().size());
        }
        assertEquals(80_000, ParquetJava.rows(many).size());
    }
}
