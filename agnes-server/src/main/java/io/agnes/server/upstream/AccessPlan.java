// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.upstream;

import io.agnes.core.table.TableRegistry;
import io.agnes.server.access.AccessRows;
import io.agnes.server.access.Name;
import io.agnes.server.upstream.Finding.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Decides which users, groups, memberships and grants are added. A user is named by the e-mail address, a group by its name. A
 * name outside this server's grammar is a conflict, as a made-up name could belong to another user. Inactive users are left
 * out with their memberships.
 *
 * <p>The members of {@code Admin} administer this server as well. {@code Everyone} is a group like any other, with the members
 * that are listed.
 *
 * <p>A grant is added if it is in force there. Once that product had packages of tables, a grant on a single table was no
 * longer in force: users read the tables of the packages granted to their groups. So a grant on a package becomes a grant on
 * each of its tables. Grants on tables that have a row policy there, or that are never copied to users, are held back, as
 * this server would show all rows.
 *
 * @param added to be written
 */
record AccessPlan(List<Finding> findings, AccessRows added) {
    AccessPlan {
        findings = List.copyOf(findings);
    }

    static AccessPlan of(UpstreamData theirs, AccessRows ours, Map<String, TableRegistry.Entry> tables) {
        return new Planner(theirs, ours, tables).plan();
    }

    /** A grant on a table, and the reason why it is in force. */
    private record Wish(String group, String table, String reason) {}

    private static final class Planner {
        private final UpstreamData theirs;
        private final AccessRows ours;
        private final Map<String, TableRegistry.Entry> tables;
        private final Map<String, UpstreamData.Table> theirTables;
        private final List<Finding> findings = new ArrayList<>();
        private final Map<String, Name> users = new HashMap<>();
        private final Map<String, Name> groups = new HashMap<>();
        private final Set<Name> newUsers = new HashSet<>();
        private final Set<Name> newGroups = new HashSet<>();
        private final Set<AccessRows.Member> newMembers = new HashSet<>();
        private final Set<AccessRows.Grant> newGrants = new HashSet<>();

        Planner(UpstreamData theirs, AccessRows ours, Map<String, TableRegistry.Entry> tables) {
            this.theirs = theirs;
            this.ours = ours;
            this.tables = tables;
            this.theirTables = theirs.tables().stream()
                    .collect(Collectors.toMap(UpstreamData.Table::id, Function.identity(), (one, other) -> one));
        }

        AccessPlan plan() {
            theirs.users().forEach(user -> note(Kind.USER, user.email(), user(user)));
            theirs.groups().forEach(group -> note(Kind.GROUP, group.name(), group(group)));
            members();
            grants();
            return new AccessPlan(findings, new AccessRows(newUsers, newGroups, newMembers, newGrants));
        }

        private void note(Kind kind, String subject, Verdict verdict) {
            findings.add(new Finding(kind, subject, verdict));
        }

        private Verdict user(UpstreamData.User user) {
            Optional<Name> name = Name.parse(user.email());
            if (!user.active()) {
                return new Verdict.LeftOut("is not active");
            }
            if (name.isEmpty()) {
                return new Verdict.Conflict("a name is " + Name.GRAMMAR);
            }
            users.put(user.id(), name.get());
            return added(name.get(), ours.users(), newUsers, "");
        }

        private Verdict group(UpstreamData.Group group) {
            Optional<Name> name = Name.parse(group.name());
            if (name.isEmpty()) {
                return new Verdict.Conflict("a name is " + Name.GRAMMAR);
            }
            groups.put(group.id(), name.get());
            String note = name.get().equals(Name.ADMIN_GROUP) ? "its members administer this server as well" : "";
            return added(name.get(), ours.groups(), newGroups, note);
        }

        private static <T> Verdict added(T row, Set<T> here, Set<T> fresh, String note) {
            if (here.contains(row) || !fresh.add(row)) {
                return new Verdict.Present("");
            }
            return new Verdict.New(note);
        }

        private void members() {
            Map<String, String> emails = theirs.users().stream()
                    .collect(Collectors.toMap(UpstreamData.User::id, UpstreamData.User::email, (one, other) -> one));
            for (UpstreamData.Member member : theirs.members()) {
                Name group = groups.get(member.group());
                Name user = users.get(member.user());
                note(
                        Kind.MEMBER,
                        groupName(member.group()) + " " + emails.getOrDefault(member.user(), member.user()),
                        group == null || user == null
                                ? new Verdict.LeftOut(group == null ? "its group is not here" : "its user is not here")
                                : added(new AccessRows.Member(group, user), ours.members(), newMembers, ""));
            }
        }

        private String groupName(String id) {
            return theirs.groups().stream()
                    .filter(group -> group.id().equals(id))
                    .map(UpstreamData.Group::name)
                    .findFirst()
                    .orElse(id);
        }

        private void grants() {
            Map<String, Integer> others = new TreeMap<>();
            for (UpstreamData.Grant grant : theirs.grants()) {
                switch (grant.type()) {
                    case "table" -> onTable(grant);
                    case "data_package" -> onPackage(grant);
                    default -> others.merge(grant.type(), 1, Integer::sum);
                }
            }
            others.forEach(
                    (type, count) -> note(Kind.GRANT, count + " on " + type, new Verdict.LeftOut("are not on tables")));
        }

        private void onTable(UpstreamData.Grant grant) {
            if (theirs.packages().isPresent()) {
                note(
                        Kind.GRANT,
                        groupName(grant.group()) + " " + grant.resource(),
                        new Verdict.LeftOut("is not in force there: tables are read through packages"));
            } else {
                grant(new Wish(grant.group(), grant.resource(), ""));
            }
        }

        private void onPackage(UpstreamData.Grant grant) {
            Optional<UpstreamData.Bundle> bundle = theirs.packages().orElse(List.of()).stream()
                    .filter(candidate -> candidate.id().equals(grant.resource()))
                    .findFirst();
            if (bundle.isEmpty() || !bundle.get().inForce()) {
                note(
                        Kind.GRANT,
                        groupName(grant.group()) + " package "
                                + bundle.map(UpstreamData.Bundle::name).orElse(grant.resource()),
                        new Verdict.LeftOut("is not in force there: no such package is handed out"));
                return;
            }
            String reason = "by package " + Finding.printable(bundle.get().name());
            bundle.get().tables().forEach(table -> grant(new Wish(grant.group(), table, reason)));
        }

        private void grant(Wish wish) {
            note(Kind.GRANT, groupName(wish.group()) + " " + wish.table(), verdict(wish));
        }

        private Verdict verdict(Wish wish) {
            Name group = groups.get(wish.group());
            TableRegistry.Entry entry = tables.get(wish.table());
            if (group == null || entry == null) {
                return new Verdict.LeftOut(group == null ? "its group is not here" : "its table is not here");
            }
            UpstreamData.Table table = theirTables.get(wish.table());
            if (table != null && table.policy()) {
                return new Verdict.Conflict("held back: a policy there shows a part of the table only");
            }
            if (table != null && table.serverOnly()) {
                return new Verdict.Conflict("held back: no copy of the table is handed out there");
            }
            return added(new AccessRows.Grant(group, entry.table().id()), ours.grants(), newGrants, wish.reason());
        }
    }
}
