// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import com.google.cloud.bigquery.FieldValue;
import com.google.cloud.bigquery.FieldValueList;
import java.io.IOException;
import java.io.Writer;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes rows of pages as CSV, in the dialect that core's text scan reads. A cell is empty for NULL and otherwise begins with
 * {@link #PRESENT}, so that empty text is not NULL. For one thread.
 */
final class Cells {
    /** Begins a cell that has a value. */
    static final String PRESENT = "=";

    /** The fields that stand for the ends of a RANGE. */
    static final String RANGE_START = "start";

    static final String RANGE_END = "end";

    private static final Pattern RANGE = Pattern.compile("\\[(.*), (.*)\\)");

    private final List<SourceColumn> columns;
    private final Writer out;
    private long characters;
    private long longestRow;
    private long rows;

    Cells(List<SourceColumn> columns, Writer out) {
        this.columns = columns;
        this.out = out;
    }

    void row(FieldValueList row) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            text.append(i == 0 ? "\"" : ",\"");
            text.append(cell(columns.get(i), row.get(i)).replace("\"", "\"\"")).append('"');
        }
        out.append(text).append('\n');
        rows++;
        characters += text.length();
        longestRow = Math.max(longestRow, text.length());
    }

    /** Characters of all rows. */
    long characters() {
        return characters;
    }

    /** Characters of the longest row. */
    long longestRow() {
        return longestRow;
    }

    long rows() {
        return rows;
    }

    private static String cell(SourceColumn column, FieldValue value) {
        if (value.isNull()) {
            return "";
        }
        if (!CellSql.nested(column)) {
            return PRESENT + scalar(column, value);
        }
        StringBuilder json = new StringBuilder(PRESENT);
        json(column, value, json);
        return json.toString();
    }

    private static String scalar(SourceColumn column, FieldValue value) {
        return column.type().equals("TIMESTAMP") ? Long.toString(value.getTimestampValue()) : value.getStringValue();
    }

    private static void json(SourceColumn column, FieldValue value, StringBuilder json) {
        if (value.isNull()) {
            json.append("null");
        } else if (column.repeated()) {
            array(column.single(), value.getRepeatedValue(), json);
        } else if (column.isStruct()) {
            struct(column.fields(), value.getRecordValue(), json);
        } else if (column.isRange()) {
            range(column, value, json);
        } else {
            text(scalar(column, value), json);
        }
    }

    private static void array(SourceColumn element, List<FieldValue> values, StringBuilder json) {
        json.append('[');
        for (Iterator<FieldValue> rest = values.iterator(); rest.hasNext(); ) {
            json(element, rest.next(), json);
            json.append(rest.hasNext() ? "," : "");
        }
        json.append(']');
    }

    private static void struct(List<SourceColumn> fields, List<FieldValue> values, StringBuilder json) {
        json.append('{');
        for (int i = 0; i < fields.size(); i++) {
            json.append(i == 0 ? "" : ",");
            text(fields.get(i).name(), json);
            json.append(':');
            json(fields.get(i), values.get(i), json);
        }
        json.append('}');
    }

    /** As {@code [start, end)}, where an end that is open is a word. */
    private static void range(SourceColumn column, FieldValue range, StringBuilder json) {
        Matcher ends = RANGE.matcher(range.getAttribute() == FieldValue.Attribute.RANGE ? "" : range.getStringValue());
        SourceColumn end = SourceColumn.scalar("", column.element());
        boolean text = ends.matches();
        json.append("{\"").append(RANGE_START).append("\":");
        json(end, text ? end(ends.group(1)) : range.getRangeValue().getStart(), json);
        json.append(",\"").append(RANGE_END).append("\":");
        json(end, text ? end(ends.group(2)) : range.getRangeValue().getEnd(), json);
        json.append('}');
    }

    private static FieldValue end(String text) {
        return FieldValue.of(
                FieldValue.Attribute.PRIMITIVE, text.equals("UNBOUNDED") || text.equals("NULL") ? null : text);
    }

    private static void text(String value, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
