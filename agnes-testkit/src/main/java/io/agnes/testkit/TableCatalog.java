// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Finds tables by id. A table without content does not exist for clients. */
final class TableCatalog {
    private final Map<String, FakeTable> tables;

    /** @param tables by id */
    TableCatalog(Map<String, FakeTable> tables) {
        this.tables = tables;
    }

    /** @throws ErrorResponseException 404 if the table does not exist */
    FakeTable existing(String id) {
        FakeTable table = tables.get(id);
        if (table == null || table.contentOrNull() == null) {
            int dot = id.lastIndexOf('.');
            String name = id.substring(dot + 1);
            String bucket = dot < 0 ? "" : id.substring(0, dot);
            throw ErrorResponseException.api(
                    404,
                    "storage.tables.notFound",
                    "The table \"" + name + "\" was not found in the bucket \"" + bucket + "\" in the project \""
                            + ProjectRoutes.PROJECT + "\"");
        }
        return table;
    }

    /** @throws ErrorResponseException 404 if the table does not exist */
    static TableContent content(FakeTable table) {
        TableContent content = table.contentOrNull();
        if (content == null) {
            throw ErrorResponseException.api(404, "storage.tables.notFound", "The table was just dropped");
        }
        return content;
    }

    /** All tables that exist, by id. */
    List<FakeTable> visible() {
        Collection<FakeTable> all = tables.values();
        return all.stream().filter(table -> table.contentOrNull() != null).toList();
    }
}
