// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.composite;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** CSV and NDJSON files out of many parts. Parts without data leave no trace. */
public final class TextComposites {
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private TextComposites() {}

    /**
     * One CSV with one header. Parts that bring a header of their own must all bring this one; a header's line end does
     * not count.
     *
     * @param header the header line with its line end; empty takes that of the first part that has one
     * @param withMark begins with a byte order mark, as some spreadsheets want it
     */
    public static TextOutcome csv(String header, boolean withMark, List<TextPart> parts) {
        String expected = header.isEmpty() ? firstHeader(parts) : header;
        for (int i = 0; i < parts.size(); i++) {
            String found = text(parts.get(i));
            if (!found.isEmpty() && !found.stripTrailing().equals(expected.stripTrailing())) {
                return new TextOutcome.HeadersDiffer(i, expected.stripTrailing(), found.stripTrailing());
            }
        }
        String lineEnd = expected.endsWith("\r\n") ? "\r\n" : "\n";
        boolean open = !expected.isEmpty() && !expected.endsWith("\n");
        List<Segment> segments = new ArrayList<>();
        segments.add(Segment.Literal.of((withMark ? BYTE_ORDER_MARK : "") + expected + (open ? lineEnd : "")));
        addData(parts, Segment.Literal.of(lineEnd), segments);
        return new TextOutcome.Composed(Composite.of(segments));
    }

    /** One NDJSON: the lines of all parts. */
    public static Composite ndjson(List<TextPart> parts) {
        List<Segment> segments = new ArrayList<>();
        addData(parts, Segment.Literal.of("\n"), segments);
        return Composite.of(segments);
    }

    private static void addData(List<TextPart> parts, Segment.Literal lineEnd, List<Segment> segments) {
        boolean open = false;
        for (int i = 0; i < parts.size(); i++) {
            TextPart part = parts.get(i);
            if (part.dataLength() > 0) {
                if (open) {
                    segments.add(lineEnd);
                }
                segments.add(new Segment.PartRange(i, part.skip(), part.dataLength()));
                open = !part.endsLine();
            }
        }
    }

    private static String firstHeader(List<TextPart> parts) {
        return parts.stream()
                .map(TextComposites::text)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static String text(TextPart part) {
        return StandardCharsets.UTF_8.decode(part.header().bytes()).toString();
    }
}
