// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.server.audit.DownloadCount;
import io.agnes.server.audit.TokenUse;
import io.agnes.server.audit.UsageStore;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts of downloads and uses of tokens, in the registry. */
public final class RegistryUsage implements UsageStore {
    private static final int ROWS_OF_A_STATEMENT = 100;

    private final Database database;

    /** The counts in that database. */
    public RegistryUsage(Database database) {
        this.database = database;
    }

    @Override
    public void add(List<DownloadCount> counts) {
        database.write(session -> {
            for (int from = 0; from < counts.size(); from += ROWS_OF_A_STATEMENT) {
                List<Object> values = new ArrayList<>();
                List<DownloadCount> some = counts.subList(from, Math.min(counts.size(), from + ROWS_OF_A_STATEMENT));
                some.forEach(count -> values.addAll(List.of(
                        count.day().toString(), count.user(), count.table(), count.downloads(), count.checks())));
                session.update(
                        "INSERT INTO download_count (day, user_id, table_id, downloads, checks) VALUES "
                                + rows(some.size(), "(CAST(? AS DATE), ?, ?, ?, ?)")
                                + " ON CONFLICT (day, user_id, table_id) DO UPDATE SET"
                                + " downloads = download_count.downloads + excluded.downloads,"
                                + " checks = download_count.checks + excluded.checks",
                        values.toArray());
            }
            return counts.size();
        });
    }

    private static String rows(int number, String row) {
        return String.join(", ", Collections.nCopies(number, row));
    }

    @Override
    public List<DownloadCount> downloads(Optional<DownloadCount> after, int limit) {
        DownloadCount last = after.orElse(new DownloadCount(LocalDate.EPOCH, "", "", 0, 0));
        return database.read(session -> session.query(
                """
                SELECT CAST(day AS VARCHAR) AS day, user_id, table_id, downloads, checks FROM download_count
                WHERE (day, user_id, table_id) > (CAST(? AS DATE), ?, ?) ORDER BY ALL LIMIT ?""",
                row -> new DownloadCount(
                        LocalDate.parse(row.getString("day")),
                        row.getString("user_id"),
                        row.getString("table_id"),
                        row.getLong("downloads"),
                        row.getLong("checks")),
                last.day().toString(),
                last.user(),
                last.table(),
                limit));
    }

    @Override
    public void used(List<TokenUse> uses) {
        database.write(session -> {
            for (int from = 0; from < uses.size(); from += ROWS_OF_A_STATEMENT) {
                List<Object> values = new ArrayList<>();
                List<TokenUse> some = uses.subList(from, Math.min(uses.size(), from + ROWS_OF_A_STATEMENT));
                some.forEach(use -> values.addAll(List.of(use.token(), use.day().toString(), use.address())));
                session.update(
                        "INSERT INTO token_use (token_id, used_on, address) VALUES "
                                + rows(some.size(), "(?, CAST(? AS DATE), ?)")
                                + " ON CONFLICT (token_id) DO UPDATE SET used_on = excluded.used_on,"
                                + " address = excluded.address",
                        values.toArray());
            }
            return uses.size();
        });
    }

    @Override
    public Map<String, TokenUse> tokenUses() {
        Map<String, TokenUse> uses = new HashMap<>();
        database.read(session -> session.query(
                        "SELECT token_id, CAST(used_on AS VARCHAR) AS used_on, address FROM token_use",
                        row -> new TokenUse(
                                row.getString("token_id"),
                                LocalDate.parse(row.getString("used_on")),
                                row.getString("address"))))
                .forEach(use -> uses.put(use.token(), use));
        return uses;
    }
}
