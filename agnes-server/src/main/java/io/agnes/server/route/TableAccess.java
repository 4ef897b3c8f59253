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
import io.agnes.server.api.ProblemCode;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Decides which user may read which table, for all routes. */
final class TableAccess {
    private final TableRegistry registry;
    private final AccessStore access;
    private final TablePublisher publisher;

    TableAccess(TableRegistry registry, AccessStore access, TablePublisher publisher) {
        this.registry = registry;
        this.access = access;
        this.publisher = publisher;
    }

    /** The table, if this user may download it. An unknown table gets the same answer as one without a grant. */
    TableRegistry.Entry readable(Identity identity, TableId id) {
        return registry.find(id)
                .filter(entry -> entry.table().queryMode() != QueryMode.REMOTE)
                .filter(entry -> identity.admin() || (identity.may(Scope.READ) && access.granted(identity.user(), id)))
                .orElseThrow(() -> Problem.of(ProblemCode.FORBIDDEN, "You have no access to this table."));
    }

    /** The version of a readable table that may be sent. */
    VersionGuard.Found served(TableRegistry.Entry entry, Duration patience) {
        return publisher.guard().serve(entry, patience);
    }

    /** Every table that this user may read, by id, with its file checked by length and time. */
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
