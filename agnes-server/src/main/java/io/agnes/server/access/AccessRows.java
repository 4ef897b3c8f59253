// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.access;

import io.agnes.core.TableId;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Users, groups, memberships and grants, without tokens.
 *
 * @param members may name groups and users that are not in the other sets
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

    /** Sorts by text, so that the order is always the same. */
    public static <T> List<T> sorted(Set<T> rows) {
        return rows.stream().sorted(Comparator.comparing(Object::toString)).toList();
    }

    /** Whether all sets are empty. */
    public boolean isEmpty() {
        return users.isEmpty() && groups.isEmpty() && members.isEmpty() && grants.isEmpty();
    }
}
