// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.settings;

import io.agnes.bigquery.export.BigQuerySourceType;
import io.agnes.core.sync.ConfiguredSource;
import io.agnes.core.sync.LocalSourceType;
import io.agnes.core.sync.SourceType;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRecord;
import io.agnes.keboola.KeboolaSourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The sources of this server.
 *
 * @param types the types that tables can be registered with
 * @param configured the sources that are opened
 */
public record Sources(List<SourceType<?>> types, List<ConfiguredSource<?>> configured) {
    private static final LocalSourceType LOCAL = new LocalSourceType();

    /** Every type of source that this program has. A new one is added here. */
    public static final List<SourceType<?>> TYPES = List.of(LOCAL, new KeboolaSourceType(), new BigQuerySourceType());

    /** Copies the lists. */
    public Sources {
        types = List.copyOf(types);
        configured = List.copyOf(configured);
    }

    /** All types, the local source, and these sources. */
    public static Sources of(ConfiguredSource<?>... others) {
        List<SourceType<?>> types = new ArrayList<>(TYPES);
        List<ConfiguredSource<?>> configured = new ArrayList<>();
        configured.add(new ConfiguredSource<>(LOCAL, LOCAL.settings().defaults()));
        for (ConfiguredSource<?> other : others) {
            types.removeIf(type -> type.name().equals(other.type().name()));
            types.add(other.type());
            configured.add(other);
        }
        return new Sources(types, configured);
    }

    /** The names of all types, in order. */
    public List<String> names() {
        return types.stream().map(SourceType::name).toList();
    }

    /** The type of this name. */
    public Optional<SourceType<?>> type(String name) {
        return types.stream().filter(type -> type.name().equals(name)).findFirst();
    }

    /** The type whose source syncs the table: a table in query mode {@code local} is a file, whatever its source type is. */
    public Optional<SourceType<?>> type(TableRecord table) {
        return type(table.queryMode() == QueryMode.LOCAL ? LOCAL.name() : table.sourceType());
    }
}
