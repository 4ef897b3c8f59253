// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.composite.InMemoryPart;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.parquet.format.AesGcmV1;
import org.apache.parquet.format.EncryptionAlgorithm;
import org.apache.parquet.format.FileMetaData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outcomes with the options of {@link MergeRules}, and messages of refusals. */
class OtherOutcomesTest {
    private static TestDuckDb duckDb;

    @TempDir
    static Path dir;

    private static byte[] file = new byte[0];

    @BeforeAll
    static void open() throws Exception {
        duckDb = TestDuckDb.open();
        file = Files.readAllBytes(duckDb.copy("SELECT 1 AS a, 'x' AS b", dir.resolve("file.parquet"), ""));
    }

    @AfterAll
    static void close() throws Exception {
        duckDb.close();
    }

    private static MergeOutcome plan(MergeRules rules, byte[]... files) throws Exception {
        List<InMemoryPart> parts = new ArrayList<>();
        for (byte[] each : files) {
            parts.add(Footers.part("part-" + parts.size(), each));
        }
        return ParquetMerge.plan(parts, rules);
    }

    private static byte[] by(String writer) throws Exception {
        return Footers.edit(file, data -> data.setCreated_by(writer));
    }

    private static Optional<String> named(byte[]... files) throws Exception {
        MergeOutcome.Mergeable outcome = assertInstanceOf(
                MergeOutcome.Mergeable.class, plan(MergeRules.standard().withAnyWriter(), files));
        FileMetaData merged = MergedFooter.footer(outcome.plan());
        Optional<String> named = Optional.ofNullable(merged.getCreated_by());
        assertEquals(named, outcome.plan().createdBy());
        assertTrue(outcome.notes().get(0).message().startsWith("the parts have different writers (\""));
        return named;
    }

    @Test
    void ofSeveralVersionsOfAWriterTheOldestIsNamed() throws Exception {
        assertEquals(
                Optional.of("w version 1.9.3 (build x)"),
                named(by("w version 1.10.0"), by("w version 1.9.3 (build x)"), by("w version 2.0")));
    }

    @Test
    void ofSeveralWritersNoneIsNamed() throws Exception {
        assertEquals(Optional.empty(), named(by("v version 1.0"), by("w version 1.0"), by("v version 1.0")));
        assertEquals(Optional.empty(), named(by("v version 1.0"), Footers.edit(file, FileMetaData::unsetCreated_by)));
    }

    @Test
    void withAnyWriterFilesOfDifferentWritersAreCopied() throws Exception {
        byte[] one = resource("i96.parquet");
        byte[] other = resource("i96b.parquet");
        assertInstanceOf(MergeOutcome.NeedsRewrite.class, plan(MergeRules.standard(), one, other));
        MergeOutcome.Mergeable outcome = assertInstanceOf(
                MergeOutcome.Mergeable.class, plan(MergeRules.standard().withAnyWriter(), one, other));
        assertEquals(
                Optional.of("parquet-mr version 1.12.3 (build x)"),
                outcome.plan().createdBy());
        assertTrue(outcome.plan().schema().toString().contains("required int32 id = 5;"));
    }

    private static byte[] resource(String name) throws Exception {
        try (InputStream in = OtherOutcomesTest.class.getResourceAsStream("cases/" + name)) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }

    @Test
    void withAnyWriterOtherDifferencesStayReasons() throws Exception {
        byte[] another = Files.readAllBytes(duckDb.copy("SELECT 1 AS c", dir.resolve("another.parquet"), ""));
        assertInstanceOf(
                MergeOutcome.NeedsRewrite.class, plan(MergeRules.standard().withAnyWriter(), file, another));
    }

    @Test
    void withSmallRowGroupsTheyAreCopiedWithANote() throws Exception {
        InMemoryPart part = Footers.part("part", file);
        MergeRules rules = new MergeRules(0.005, 0.003, 1000, 16_000, 50, 16 << 20, 1);
        List<InMemoryPart> many = Collections.nCopies(100, part);
        assertInstanceOf(MergeOutcome.NeedsRewrite.class, ParquetMerge.plan(many, rules));
        MergeOutcome.Mergeable outcome =
                assertInstanceOf(MergeOutcome.Mergeable.class, ParquetMerge.plan(many, rules.withSmallRowGroups()));
        assertInstanceOf(Note.SmallRowGroups.class, outcome.notes().get(0));
        assertInstanceOf(MergeOutcome.NeedsRewrite.class, plan(rules.withSmallRowGroups(), file, by("somebody else")));
        MergeRules small = new MergeRules(0.005, 0.003, 1000, 16_000, 50, 1000, 1);
        assertInstanceOf(MergeOutcome.NeedsRewrite.class, ParquetMerge.plan(many, small.withSmallRowGroups()));
    }

    @Test
    void aSignedFooterIsCalledEncryptedAndNotDamaged() throws Exception {
        byte[] algorithm = Footers.edit(
                file, data -> data.setEncryption_algorithm(EncryptionAlgorithm.AES_GCM_V1(new AesGcmV1())));
        byte[] signed = Footers.editBytes(algorithm, footer -> Arrays.copyOf(footer, footer.length + 28));
        assertEquals(
                "part-0 is encrypted: its footer is signed, and columns of it may need a key",
                reason(signed).message());
        ParquetFile.Inspection inspection = ParquetFile.inspect(Footers.part("part", signed));
        assertInstanceOf(
                Reason.Encrypted.class,
                assertInstanceOf(ParquetFile.Inspection.Unreadable.class, inspection)
                        .reason());
    }

    private static Reason reason(byte[] bad) throws Exception {
        return assertInstanceOf(MergeOutcome.Refused.class, plan(MergeRules.standard(), bad))
                .reasons()
                .get(0);
    }

    /** A footer whose first field is the schema. */
    private static byte[] withSchema(CompactWriter schema) {
        CompactWriter out = new CompactWriter(64);
        out.field(0, FileFooter.SCHEMA, CompactReader.LIST);
        out.append(schema);
        out.i64Field(FileFooter.SCHEMA, FileFooter.ROWS, 0);
        out.field(FileFooter.ROWS, FileFooter.ROW_GROUPS, CompactReader.LIST);
        out.structs(0);
        out.stop();
        return Footers.replace(file, Footers.bytes(out));
    }

    @Test
    void aSchemaBeyondTheDepthLimitIsNotCalledDamaged() throws Exception {
        CompactWriter schema = new CompactWriter(64);
        schema.structs(ParquetLimits.SCHEMA_DEPTH + 5);
        for (int i = 0; i < ParquetLimits.SCHEMA_DEPTH + 5; i++) {
            int last = schema.textField(0, SchemaElement.NAME, "g");
            schema.i32Field(last, SchemaElement.CHILDREN, i < ParquetLimits.SCHEMA_DEPTH + 4 ? 1 : 0);
            schema.stop();
        }
        assertEquals(
                "part-0 is beyond a limit of this program: its groups are nested too deep, more than 50 levels",
                reason(withSchema(schema)).message());
    }

    @Test
    void aFieldOfAnotherTypeIsNamedInTheWordsOfTheFormat() throws Exception {
        CompactWriter out = new CompactWriter(64);
        out.i32Field(0, FileFooter.SCHEMA, 7);
        out.stop();
        assertEquals(
                "part-0 has a damaged footer: schema of FileMetaData is a number of 32 bits, expected a list",
                reason(Footers.replace(file, Footers.bytes(out))).message());
    }

    @Test
    void controlCharactersInNamesAreNotPrinted() throws Exception {
        byte[] named = Footers.edit(file, data -> data.getSchema().get(1).setName("a\u001b[2J\n"));
        String message = assertInstanceOf(MergeOutcome.NeedsRewrite.class, plan(MergeRules.standard(), file, named))
                .reasons()
                .get(0)
                .message();
        assertTrue(message.contains("optional int32 a\\u001b[2J\\n (INTEGER(32,true));"), message);
    }
}
