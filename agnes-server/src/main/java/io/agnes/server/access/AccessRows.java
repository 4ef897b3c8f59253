// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import io.agnes.core.TableId;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Who there is and who may read what, without tokens.
 *
 * @param members of groups, whether or not group and user are among the others
 */
public record AccessRows(Set<Name> users, Set<Name> groups, Set<Member> members, Set<Grant> grants) {
    /** A user in a group. Prints as {@code GROUP USER}. */
    public record Member(Name group, Name user) {
        @Override
        public String toString() {
            return group + " " + user;
        }
    }

    /** A table that the members of a group may read. Prints as {@code GROUP TABLE}. */
    public record Grant(Name group, TableId table) {
        @Override
        public String toString() {
            return group + " " + table;
        }
    }

    /** Copies the sets. */
    public AccessRows {
        users = Set.copyOf(users);
        groups = Set.copyOf(groups);
        members = Set.copyOf(members);
        grants = Set.copyOf(grants);
    }

    /** In one order, that of their texts, however often it is asked for. */
    public static <T> List<T> sorted(Set<T> rows) {
        return rows.stream().sorted(Comparator.comparing(Object::toString)).toList();
    }

    /** Whether there is nothing at all. */
    public boolean isEmpty() {
        return users.isEmpty() && groups.isEmpty() && members.isEmpty() && grants.isEmpty();
    }
}
