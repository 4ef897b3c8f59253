// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.upstream;

import io.agnes.core.AgnesException;
import io.agnes.core.TableId;
import io.agnes.core.table.QueryMode;
import io.agnes.core.table.Schedule;
import io.agnes.core.table.TableRecord;
import io.agnes.keboola.ExportFilter;
import io.agnes.keboola.KeboolaSource;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Converts a table of the older installation, or says why that is impossible. A table that would show other rows here, or come
 * from another place, is refused.
 *
 * <p>Keboola tables that were {@code local} become {@code materialized}, as in that product's own migration from 25 to 26: both
 * mean that the source exports the table and a copy is stored. {@code incremental} and {@code partitioned} tables are
 * exported whole each time.
 */
final class TableMapping {
    private static final String BIGQUERY = "bigquery";
    private static final int LONGEST_LABEL = 4000;
    private static final int LONGEST_FOLDER = 64;

    /** Part of the path of every file of the table. */
    private static final Pattern SOURCE_TYPE =
            Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0," + (LONGEST_FOLDER - 1) + "}");

    /** Tables that are views on that product itself, or files that its users uploaded. */
    private static final List<String> ITS_OWN = List.of("internal", "collection");

    private static final Pattern ZERO = Pattern.compile("every 0+[mh]");
    private static final Pattern LIST_MARKS = Pattern.compile("[\\[\\]'\"]");

    /** The result for one table. */
    sealed interface Mapped {
        /** @param note the difference to the older installation; may be empty */
        record Fit(TableRecord table, String note) implements Mapped {}

        /** The table is invalid. */
        record Unfit(String reason) implements Mapped {}

        /** The table is valid there and has no counterpart here. */
        record Foreign(String reason) implements Mapped {}
    }

    private final UpstreamData.Table theirs;
    private final Instant now;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private TableMapping(UpstreamData.Table theirs, Instant now) {
        this.theirs = theirs;
        this.now = now;
    }

    static Mapped of(UpstreamData.Table theirs, Instant now) {
        return new TableMapping(theirs, now).mapped();
    }

    private Mapped mapped() {
        String sourceType = theirs.sourceType() == null ? "" : theirs.sourceType();
        Optional<TableId> id =
                TableId.parse(theirs.id()).filter(given -> !given.folded().endsWith(".parquet"));
        require(id.isPresent(), "id must be " + TableId.GRAMMAR + ", and no .parquet last");
        require(isLabel(theirs.name()), "name must be 1 to " + LONGEST_LABEL + " printable characters");
        require(SOURCE_TYPE.matcher(sourceType).matches(), "source type " + sourceType + " is no name of a folder");
        Optional<QueryMode> mode = mode(sourceType);
        require(mode.isPresent(), "query mode " + theirs.queryMode() + " is not local, materialized or remote");
        Schedule schedule = schedule();
        Optional<String> foreign = foreign(sourceType, mode);
        if (foreign.isPresent() && problems.isEmpty()) {
            return new Mapped.Foreign(foreign.get());
        }
        String query = query(sourceType);
        boolean placed = mode.equals(Optional.of(QueryMode.LOCAL)) || (sourceType.equals(BIGQUERY) && query != null);
        String bucket = place("bucket", theirs.bucket(), placed);
        String sourceTable = place("source table", theirs.sourceTable(), placed);
        if (!problems.isEmpty()) {
            return new Mapped.Unfit(String.join("; ", problems));
        }
        noteStrategy();
        TableRecord table = TableRecord.builder(id.orElseThrow(), sourceType)
                .name(theirs.name())
                .description(orEmpty(theirs.description()))
                .folder(orEmpty(theirs.folder()))
                .bucket(bucket)
                .sourceTable(sourceTable)
                .sourceQuery(query)
                .queryMode(mode.orElseThrow())
                .schedule(schedule)
                .primaryKey(primaryKey(theirs.primaryKey()))
                .profile(theirs.profile())
                .registered(
                        theirs.registeredBy() == null ? "import" : theirs.registeredBy(),
                        theirs.registeredAt() == null ? now : theirs.registeredAt())
                .revision(1, now)
                .build();
        return new Mapped.Fit(table, String.join("; ", notes));
    }

    private void require(boolean condition, String problem) {
        if (!condition) {
            problems.add(problem);
        }
    }

    /** A missing mode means {@code local} there. */
    private Optional<QueryMode> mode(String sourceType) {
        Optional<QueryMode> given = theirs.queryMode() == null
                ? Optional.of(QueryMode.LOCAL)
                : QueryMode.parse(theirs.queryMode().toLowerCase(Locale.ROOT));
        if (sourceType.equals(KeboolaSource.TYPE) && given.equals(Optional.of(QueryMode.LOCAL))) {
            notes.add("local becomes materialized");
            return Optional.of(QueryMode.MATERIALIZED);
        }
        return given;
    }

    private Optional<String> foreign(String sourceType, Optional<QueryMode> mode) {
        boolean fromFiles = mode.equals(Optional.of(QueryMode.LOCAL));
        if (ITS_OWN.contains(sourceType)
                || (!fromFiles && !List.of(KeboolaSource.TYPE, BIGQUERY).contains(sourceType))) {
            return Optional.of("source type " + sourceType + " has no counterpart here");
        }
        if (theirs.connection() != null) {
            return Optional.of("it comes by a connection of its own; here there is one for each source type");
        }
        if (theirs.bigQueryPath() != null) {
            return Optional.of("it is at " + theirs.bigQueryPath() + "; here the project is that of the settings");
        }
        return Optional.empty();
    }

    private @Nullable Schedule schedule() {
        String text = theirs.schedule();
        if (text == null) {
            return null;
        }
        try {
            return Schedule.parse(ZERO.matcher(text).matches() ? "0" : text);
        } catch (AgnesException e) {
            problems.add(e.getMessage());
            return null;
        }
    }

    /** For Keboola a filter in this server's form; for others the source's own syntax. */
    private @Nullable String query(String sourceType) {
        boolean keboola = sourceType.equals(KeboolaSource.TYPE);
        if (theirs.whereFilters() == null || theirs.whereFilters().strip().equals("[]")) {
            return keboola && theirs.sourceQuery() != null ? filter(theirs.sourceQuery()) : theirs.sourceQuery();
        }
        require(keboola, "it has where filters, which tables of Keboola have");
        require(theirs.sourceQuery() == null, "it has both a query and where filters");
        return filter("{\"whereFilters\": " + theirs.whereFilters() + "}");
    }

    private @Nullable String filter(String json) {
        try {
            return ExportFilter.parse(json).toJson();
        } catch (AgnesException e) {
            problems.add(e.getMessage());
            return null;
        }
    }

    private String place(String what, @Nullable String given, boolean optional) {
        boolean good = given == null ? optional : isLabel(given);
        require(good, what + " must be 1 to " + LONGEST_LABEL + " printable characters");
        return orEmpty(given);
    }

    private void noteStrategy() {
        String strategy = theirs.strategy();
        if (strategy != null && !strategy.equals("full_refresh")) {
            notes.add("sync strategy " + strategy + " becomes a whole export each time");
        }
    }

    private static boolean isLabel(String text) {
        return !text.isBlank() && text.length() <= LONGEST_LABEL && text.chars().noneMatch(Character::isISOControl);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** A JSON array, or a form of older versions: a printed Python list, names separated by commas, or one name. */
    private static List<String> primaryKey(@Nullable String text) {
        if (text == null) {
            return List.of();
        }
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return List.copyOf(reader.readArray().getValuesAs(JsonString::getString));
        } catch (JsonException | ClassCastException notJson) {
            return Stream.of(LIST_MARKS.matcher(text).replaceAll("").split(",", -1))
                    .map(String::strip)
                    .filter(Predicate.not(String::isEmpty))
                    .toList();
        }
    }
}
