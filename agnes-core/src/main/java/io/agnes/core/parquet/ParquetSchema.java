// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.Printable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The schema of a Parquet file: its columns and groups. {@link #toString()} prints standard schema text. */
public final class ParquetSchema {
    private static final Set<String> GROUPS = Set.of("", "LIST", "MAP", "MAP_KEY_VALUE");

    private final List<SchemaElement> elements;
    private final List<ParquetColumn> columns;

    private ParquetSchema(List<SchemaElement> elements, List<ParquetColumn> columns) {
        this.elements = elements;
        this.columns = columns;
    }

    /** @throws MalformedParquetException if the elements do not form a tree or exceed {@link ParquetLimits} */
    static ParquetSchema parse(Span list) {
        CompactReader in = list.reader();
        int count = in.structs(ParquetLimits.SCHEMA_ELEMENTS);
        List<SchemaElement> elements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            elements.add(SchemaElement.read(in));
        }
        return new Walk(elements).walk();
    }

    /** The leaf columns, in file order. */
    public List<ParquetColumn> columns() {
        return columns;
    }

    /** The fields that table formats identify by a number, in the order of their elements. */
    public List<SchemaField> fields() {
        @Nullable String[] paths = FieldPaths.of(elements);
        List<SchemaField> fields = new ArrayList<>();
        for (int i = 0; i < paths.length; i++) {
            String path = paths[i];
            if (path != null) {
                fields.add(new SchemaField(path, elements.get(i).fieldId()));
            }
        }
        return fields;
    }

    /** The root, and every column and group below it, depth first. */
    List<SchemaElement> elements() {
        return elements;
    }

    /**
     * Whether both have the same elements in the same order, with equal encoded names, types, lengths, repetitions,
     * annotations and field ids. The root's name is ignored.
     */
    public boolean sameAs(ParquetSchema other) {
        return same(other, SchemaElement::sameAs);
    }

    /** Like {@link #sameAs}, with any field ids. */
    boolean sameButIds(ParquetSchema other) {
        return same(other, SchemaElement::sameButId);
    }

    private interface Comparison {
        boolean same(SchemaElement one, SchemaElement other, boolean root);
    }

    private boolean same(ParquetSchema other, Comparison comparison) {
        if (elements.size() != other.elements.size()) {
            return false;
        }
        for (int i = 0; i < elements.size(); i++) {
            if (!comparison.same(elements.get(i), other.elements.get(i), i == 0)) {
                return false;
            }
        }
        return true;
    }

    /** A line of schema text for each of {@link #columns()}, without {@code INTEGER} annotations that repeat the type. */
    List<String> columnLines() {
        return elements.stream()
                .filter(SchemaElement::isColumn)
                .map(element -> element.text()
                        .replaceFirst(" \\(INTEGER\\((32|64),true\\)\\)", "")
                        .replace(";", ""))
                .toList();
    }

    /** The names of groups with an annotation other than list and map. */
    List<String> unknownGroups() {
        return elements.stream()
                .filter(element -> !element.isColumn()
                        && !GROUPS.contains(element.annotation().kind()))
                .map(SchemaElement::name)
                .toList();
    }

    /** The lines of {@link #toString()}. */
    List<String> lines() {
        Iterator<SchemaElement> rest = elements.iterator();
        SchemaElement root = rest.next();
        List<String> lines = new ArrayList<>();
        lines.add("message " + (root.name().isEmpty() ? "schema" : Printable.of(root.name())) + " {");
        addChildren(root, rest, "  ", lines);
        lines.add("}");
        return lines;
    }

    private static void addChildren(
            SchemaElement group, Iterator<SchemaElement> rest, String indent, List<String> lines) {
        for (int i = 0; i < group.children(); i++) {
            SchemaElement element = rest.next();
            lines.add(indent + element.text());
            if (!element.isColumn()) {
                addChildren(element, rest, indent + "  ", lines);
                lines.add(indent + "}");
            }
        }
    }

    /** Standard schema text, for example <code>message schema { optional int32 a; }</code>, with a line for each element. */
    @Override
    public String toString() {
        return String.join("\n", lines());
    }

    /** Rebuilds the tree from its depth-first list of elements and collects the columns. */
    private static final class Walk {
        private final List<SchemaElement> elements;
        private final List<ParquetColumn> columns = new ArrayList<>();
        private int next;

        Walk(List<SchemaElement> elements) {
            this.elements = elements;
        }

        ParquetSchema walk() {
            SchemaElement root = take();
            if (root.isColumn()) {
                throw new MalformedParquetException("the schema's root is a column");
            }
            children(root, List.of());
            if (next != elements.size()) {
                throw new MalformedParquetException((elements.size() - next) + " schema elements belong to no group");
            }
            return new ParquetSchema(List.copyOf(elements), List.copyOf(columns));
        }

        private void children(SchemaElement group, List<String> path) {
            if (path.size() > ParquetLimits.SCHEMA_DEPTH) {
                throw new LimitExceededException(
                        "its groups are nested too deep, more than " + ParquetLimits.SCHEMA_DEPTH + " levels");
            }
            if (group.children() < 0) {
                throw new MalformedParquetException("a group has " + group.children() + " children");
            }
            for (int i = 0; i < group.children(); i++) {
                child(take(), path);
            }
        }

        private void child(SchemaElement element, List<String> parents) {
            List<String> path = new ArrayList<>(parents);
            path.add(element.name());
            if (element.isColumn()) {
                columns.add(ParquetColumn.of(element, path));
            } else {
                children(element, path);
            }
        }

        private SchemaElement take() {
            if (next == elements.size()) {
                throw new MalformedParquetException("the schema ends after " + next + " elements, within a group");
            }
            return elements.get(next++);
        }
    }
}
