// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.core.TableId;
import io.agnes.core.sync.TablePublisher;
import io.agnes.core.sync.VersionGuard;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.TableRegistry;
import io.agnes.server.access.AccessStore;
import io.agnes.server.access.Identity;
import io.agnes.server.access.Scope;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The one decision on who reads which table. */
final class TableAccess {
    private final TableRegistry registry;
    private final AccessStore access;
    private final TablePublisher publisher;

    TableAccess(TableRegistry registry, AccessStore access, TablePublisher publisher) {
        this.registry = registry;
        this.access = access;
        this.publisher = publisher;
    }

    /** The table, if this user may download it. What is not granted and what is not there get the same answer. */
    TableRegistry.Entry readable(Identity identity, TableId id) {
        return registry.find(id)
                .filter(entry -> entry.table().queryMode() != QueryMode.REMOTE)
                .filter(entry -> identity.admin() || (identity.may(Scope.READ) && access.granted(identity.user(), id)))
                .orElseThrow(() -> Problem.of(ProblemCode.FORBIDDEN, "You have no access to this table."));
    }

    /** The version of a readable table that may be handed out. */
    VersionGuard.Found served(TableRegistry.Entry entry, Duration patience) {
        return publisher.guard().serve(entry, patience);
    }

    /** Every table that this user may know of, by id, as far as a look at its file can tell. */
    Collection<TableRegistry.Entry> visible(Identity identity) {
        List<TableRegistry.Entry> all = registry.all();
        if (identity.admin()) {
            return publisher.guard().inspected(all);
        }
        if (!identity.may(Scope.READ)) {
            throw Problem.of(ProblemCode.FORBIDDEN, "This needs the scope " + Scope.READ.text() + ".");
        }
        Set<TableId> granted = access.granted(identity.user());
        return publisher
                .guard()
                .inspected(all.stream()
                        .filter(entry -> granted.contains(entry.table().id()))
                        .toList());
    }
}
