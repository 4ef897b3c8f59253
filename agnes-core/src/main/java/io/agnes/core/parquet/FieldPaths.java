// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import io.agnes.core.Sha256;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the fields among the elements of a schema and names each by a {@link SchemaField#path}. Lists of two and of three
 * levels are told apart by the backward-compatibility rules of the Parquet format (LogicalTypes.md, "Lists").
 */
final class FieldPaths {
    /** The length of a path in characters. The hash of a longer path takes its place, so that nesting cannot multiply names. */
    static final int LONGEST = 1_000;

    private static final String ELEMENT = "[]";
    private static final String KEY = "{key}";
    private static final String VALUE = "{value}";
    private static final String ESCAPED = "\\.[{#";

    private final List<SchemaElement> elements;
    private final @Nullable String[] paths;
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> copies = new HashMap<>();
    private int next;

    private FieldPaths(List<SchemaElement> elements) {
        this.elements = elements;
        this.paths = new String[elements.size()];
    }

    /** The path of each element, null for the root and for groups that are no fields. The elements form a tree. */
    static @Nullable String[] of(List<SchemaElement> elements) {
        FieldPaths found = new FieldPaths(elements);
        found.members(found.take(), "");
        return found.paths;
    }

    private SchemaElement take() {
        return elements.get(next++);
    }

    private void members(SchemaElement group, String prefix) {
        for (int i = 0; i < group.children(); i++) {
            field(prefix + escaped(elements.get(next).name()));
        }
    }

    /** Takes the next element as a field, and what is below it. */
    private void field(String path) {
        String own = unique(bounded(path));
        paths[next] = own;
        SchemaElement element = take();
        if (element.isColumn()) {
            return;
        }
        switch (element.annotation().kind()) {
            case "LIST" -> list(element, own + ".");
            case "MAP", "MAP_KEY_VALUE" -> map(element, own + ".");
            // One value of any type: the columns below it are its encoding.
            case "VARIANT" -> skip(element);
            default -> members(element, own + ".");
        }
    }

    private void list(SchemaElement list, String prefix) {
        if (list.children() != 1 || !elements.get(next).isRepeated()) {
            members(list, prefix);
        } else if (isElement(list)) {
            field(prefix + ELEMENT);
        } else {
            take();
            field(prefix + ELEMENT);
        }
    }

    /** Whether the repeated child of a list, which is next, is the element and not a group around it. */
    private boolean isElement(SchemaElement list) {
        SchemaElement repeated = elements.get(next);
        return repeated.isColumn()
                || repeated.children() != 1
                || elements.get(next + 1).isRepeated()
                || repeated.name().equals("array")
                || repeated.name().equals(list.name() + "_tuple");
    }

    private void map(SchemaElement map, String prefix) {
        if (map.children() != 1 || !isEntries(elements.get(next))) {
            members(map, prefix);
            return;
        }
        SchemaElement entries = take();
        field(prefix + KEY);
        if (entries.children() == 2) {
            field(prefix + VALUE);
        }
    }

    private static boolean isEntries(SchemaElement element) {
        return element.isRepeated() && !element.isColumn() && (element.children() == 1 || element.children() == 2);
    }

    private void skip(SchemaElement group) {
        for (int i = 0; i < group.children(); i++) {
            skip(take());
        }
    }

    /** Parquet allows two members of one name; a number tells the second one apart. */
    private String unique(String path) {
        String found = path;
        while (!taken.add(found)) {
            found = path + "\\" + copies.merge(path, 1, Integer::sum);
        }
        return found;
    }

    private static String bounded(String path) {
        return path.length() <= LONGEST ? path : "#" + Sha256.hex(path);
    }

    private static String escaped(String name) {
        StringBuilder text = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (ESCAPED.indexOf(c) >= 0) {
                text.append('\\').append(c);
            } else if (Character.isISOControl(c)) {
                text.append("\\u").append(HexFormat.of().toHexDigits(c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
