// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.composite.Part;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fields of a schema and their paths do not depend on how a writer lays out lists and maps. */
class FieldPathsTest {
    @TempDir
    Path dir;

    private List<SchemaField> fields(String members) throws Exception {
        Path file = ParquetJava.write(
                dir.resolve("schema.parquet"), "message m { " + members + " }", options -> {}, List.of());
        try (Part part = Part.of(file)) {
            return assertInstanceOf(ParquetFile.Inspection.Opened.class, ParquetFile.inspect(part))
                    .file()
                    .schema()
                    .fields();
        }
    }

    private List<String> paths(String members) throws Exception {
        return fields(members).stream().map(SchemaField::path).toList();
    }

    @Test
    void columnsAndMembersOfGroupsAreFields() throws Exception {
        assertEquals(
                List.of("a", "g", "g.b", "g.h", "g.h.c"),
                paths(
                        "required int32 a; optional group g { optional int64 b; required group h { optional double c; } }"));
    }

    @Test
    void everyLayoutOfAListIsAListAndItsElement() throws Exception {
        List<String> list = List.of("l", "l.[]");
        assertEquals(list, paths("optional group l (LIST) { repeated group list { optional int32 element; } }"));
        assertEquals(list, paths("optional group l (LIST) { repeated group bag { optional int32 array_element; } }"));
        assertEquals(list, paths("optional group l (LIST) { repeated int32 element; }"));
        List<String> structs = List.of("l", "l.[]", "l.[].x");
        assertEquals(
                structs,
                paths(
                        "optional group l (LIST) { repeated group list { optional group element { optional int32 x; } } }"));
        assertEquals(structs, paths("optional group l (LIST) { repeated group array { optional int32 x; } }"));
        assertEquals(structs, paths("optional group l (LIST) { repeated group l_tuple { optional int32 x; } }"));
        assertEquals(
                List.of("l", "l.[]", "l.[].x", "l.[].y"),
                paths("optional group l (LIST) { repeated group e { optional int32 x; optional int32 y; } }"));
        assertEquals(
                List.of("l", "l.[]", "l.[].[]"),
                paths("optional group l (LIST) { repeated group list { optional group element (LIST) {"
                        + " repeated group list { optional int32 element; } } } }"));
        assertEquals(List.of("r"), paths("repeated int32 r;"));
    }

    @Test
    void everyLayoutOfAMapIsAMapWithKeyAndValue() throws Exception {
        List<String> map = List.of("m", "m.{key}", "m.{value}");
        assertEquals(
                map,
                paths(
                        "optional group m (MAP) { repeated group key_value { required int32 key; optional int32 value; } }"));
        assertEquals(
                map,
                paths(
                        "optional group m (MAP_KEY_VALUE) { repeated group map { required int32 k; optional int32 v; } }"));
        assertEquals(
                List.of("m", "m.{key}"),
                paths("optional group m (MAP) { repeated group key_value { required int32 key; } }"));
    }

    @Test
    void listsAndMapsWithOtherMembersAreGroups() throws Exception {
        assertEquals(
                List.of("l", "l.a", "l.b"), paths("optional group l (LIST) { optional int32 a; optional int32 b; }"));
        assertEquals(List.of("l", "l.a"), paths("optional group l (LIST) { optional int32 a; }"));
        assertEquals(List.of("m", "m.a"), paths("optional group m (MAP) { repeated int32 a; }"));
    }

    @Test
    void namesWithCharactersOfPathsStayApart() throws Exception {
        List<SchemaField> fields =
                fields("optional int32 a.b; optional group a { optional int32 b; optional int32 [] ; }"
                        + " optional int32 []; optional int32 a\\.b; optional int32 #x;");
        List<String> paths = fields.stream().map(SchemaField::path).toList();
        assertEquals(List.of("a\\.b", "a", "a.b", "a.\\[]", "\\[]", "a\\\\\\.b", "\\#x"), paths);
        assertEquals(paths.size(), new HashSet<>(paths).size());
        assertEquals(
                List.of(false, false, true, true, false, false, false),
                fields.stream().map(SchemaField::isNested).toList());
    }

    @Test
    void aPathIsNeverLongerThanItsBound() throws Exception {
        String name = "x".repeat(FieldPaths.LONGEST);
        List<String> paths = paths("optional group " + name + " { optional int32 a; optional int32 b; }");
        assertEquals(name, paths.getFirst());
        assertTrue(paths.stream().allMatch(path -> path.length() <= FieldPaths.LONGEST));
        assertFalse(paths.get(1).equals(paths.get(2)));
    }
}
