// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.composite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TextCompositesTest {
    @Nested
    class Csv {
        @Test
        void headerlessPartsFollowTheHeader() throws Exception {
            assertEquals("a,b\n1,2\n3,4\n", csv("a,b\n", false, false, "1,2\n", "", "3,4\n"));
        }

        @Test
        void aHeaderComesOnceWhicheverPartsBringIt() throws Exception {
            assertEquals("a,b\r\n1,2\r\n3,4\r\n", csv("", false, true, "a,b\r\n1,2\r\n", "a,b\r\n", "a,b\r\n3,4\r\n"));
        }

        @Test
        void aMarkIsWrittenOnceAndThoseOfPartsAreLeftOut() throws Exception {
            assertEquals("\ufeffa\n1\n2\n", csv("", true, true, "\ufeffa\n1\n", "\ufeffa\n2\n"));
        }

        @Test
        void aLineWithoutItsEndGetsOneBeforeTheNextPartAlone() throws Exception {
            assertEquals("a\n1\n2", csv("a\n", false, false, "1", "", "2"));
            assertEquals("a\r\n1\r\n2", csv("a\r\n", false, false, "1", "2"));
        }

        @Test
        void aNewlineInsideQuotesDoesNotEndTheHeader() throws Exception {
            assertEquals("\"a\n\"\"x\",b\n1,2\n", csv("", false, true, "\"a\n\"\"x\",b\n1,2\n"));
        }

        @Test
        void aHeaderWithoutDataAndWithoutItsEndIsAHeader() throws Exception {
            assertEquals("a,b\n", csv("", false, true, "a,b"));
        }

        @Test
        void aHeaderLongerThanOneReadIsFound() throws Exception {
            String header = "c".repeat(20_000) + "\n";

            assertEquals(header + "1\n2\n", csv("", false, true, header + "1\n", header + "2\n"));
        }

        @Test
        void aHeaderWithoutEndIsAnError() {
            assertThrows(IOException.class, () -> csv("", false, true, "c".repeat(TextPart.MOST_HEADER_BYTES + 1)));
        }

        @Test
        void anotherHeaderIsNotData() throws Exception {
            List<TextPart> parts =
                    List.of(TextPart.headered(part("a,b\n1,2\n")), TextPart.headered(part("b,a\n1,2\n")));

            TextOutcome outcome = TextComposites.csv("", false, parts);

            assertEquals(new TextOutcome.HeadersDiffer(1, "a,b", "b,a"), outcome);
        }

        private static String csv(String header, boolean mark, boolean headered, String... texts) throws Exception {
            List<Part> parts = new ArrayList<>();
            List<TextPart> known = new ArrayList<>();
            for (String text : texts) {
                Part part = part(text);
                parts.add(part);
                known.add(headered ? TextPart.headered(part) : TextPart.headerless(part));
            }
            TextOutcome outcome = TextComposites.csv(header, mark, known);
            return text(assertInstanceOf(TextOutcome.Composed.class, outcome).composite(), parts);
        }
    }

    @Property(tries = 2000)
    void recordsOfCsvStayTheSameHoweverTheyAreSplit(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        String end = random.nextBoolean() ? "\n" : "\r\n";
        boolean headered = random.nextBoolean();
        String header = record(random) + end;
        StringBuilder expected = new StringBuilder(header);
        List<Part> parts = new ArrayList<>();
        List<TextPart> known = new ArrayList<>();
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            StringBuilder records = new StringBuilder();
            for (int row = random.nextInt(4); row > 0; row--) {
                records.append(record(random)).append(end);
            }
            expected.append(records);
            boolean open = random.nextBoolean() && !records.isEmpty();
            String data = open ? records.substring(0, records.length() - end.length()) : records.toString();
            Part part = part((random.nextInt(4) == 0 ? "\ufeff" : "") + (headered ? header : "") + data);
            parts.add(part);
            known.add(headered ? TextPart.headered(part) : TextPart.headerless(part));
        }

        TextOutcome outcome = TextComposites.csv(headered ? "" : header, false, known);

        String found = text(((TextOutcome.Composed) outcome).composite(), parts);
        assertEquals(expected.toString().stripTrailing(), found.stripTrailing());
    }

    /** A record with two fields, some of them quoted, with quotes, commas and line ends inside. */
    private static String record(Random random) {
        StringBuilder fields = new StringBuilder("f" + random.nextInt(100)).append(',');
        if (random.nextBoolean()) {
            return fields.append(random.nextInt(1000)).toString();
        }
        fields.append('"');
        for (int i = random.nextInt(6); i > 0; i--) {
            fields.append(new String[] {"x", ",", "\"\"", "\n", "\r\n"}[random.nextInt(5)]);
        }
        return fields.append('"').toString();
    }

    @Property(tries = 200)
    void linesOfNdjsonStayTheSameHoweverTheyAreSplit(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        StringBuilder expected = new StringBuilder();
        List<Part> parts = new ArrayList<>();
        List<TextPart> known = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            StringBuilder lines = new StringBuilder();
            for (int line = random.nextInt(4); line > 0; line--) {
                lines.append("{\"n\":").append(random.nextInt()).append("}\n");
            }
            expected.append(lines);
            boolean open = random.nextBoolean() && !lines.isEmpty();
            Part part = part(open ? lines.substring(0, lines.length() - 1) : lines.toString());
            parts.add(part);
            known.add(TextPart.headerless(part));
        }

        String found = text(TextComposites.ndjson(known), parts);

        assertEquals(expected.toString().stripTrailing(), found.stripTrailing());
    }

    private static Part part(String text) {
        return new InMemoryPart("part", text.getBytes(UTF_8));
    }

    private static String text(Composite composite, List<Part> parts) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        composite.writeTo(parts, Channels.newChannel(out));
        assertEquals(composite.length(), out.size());
        return out.toString(UTF_8);
    }
}
