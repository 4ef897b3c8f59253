// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.TableId;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import jakarta.json.stream.JsonParsingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The manifest of a server: the tables that this user may read, with the fields that a pull needs. If any part violates
 * the contract, the whole manifest is refused.
 *
 * @param published tables with a file
 * @param unpublished ids of tables without a file
 */
record SyncManifest(List<Table> published, Set<String> unpublished) {
    private static final int MOST_TABLES = 100_000;
    private static final Pattern SHA256 = Pattern.compile("\\A[0-9a-f]{64}\\z");
    private static final Pattern ETAG = Pattern.compile("\\A\"[!#-~]{1,200}\"\\z");
    private static final Pattern NUMBER = Pattern.compile("\\A[0-9]{1,18}\\z");

    /** A table with a file. */
    record Table(TableId id, String sha256, String etag, long bytes, long rows) {}

    /** @throws MalformedException if the text is not a manifest */
    static SyncManifest read(JsonParser json) {
        try {
            return new Reader(json).read();
        } catch (JsonParsingException | NoSuchElementException e) {
            throw new MalformedException("it is no JSON");
        }
    }

    /** The ids of all tables. */
    Set<String> ids() {
        Set<String> ids = new HashSet<>(unpublished);
        published.forEach(table -> ids.add(table.id().value()));
        return ids;
    }

    /** Reads one manifest. */
    private static final class Reader {
        private final JsonParser json;
        private final List<Table> published = new ArrayList<>();
        private final Set<String> unpublished = new HashSet<>();
        private final Set<String> folded = new HashSet<>();
        private boolean tablesSeen;

        Reader(JsonParser json) {
            this.json = json;
        }

        SyncManifest read() {
            require(json.next() == Event.START_OBJECT, "it is no object");
            while (json.next() == Event.KEY_NAME) {
                if (json.getString().equals("tables")) {
                    require(!tablesSeen, "it has tables twice");
                    tablesSeen = true;
                    tables();
                } else {
                    skip(json.next());
                }
            }
            require(tablesSeen, "it has no tables");
            require(!json.hasNext(), "something follows it");
            published.sort((one, other) -> one.id().compareTo(other.id()));
            return new SyncManifest(List.copyOf(published), Set.copyOf(unpublished));
        }

        private void tables() {
            require(json.next() == Event.START_OBJECT, "its tables are no object");
            while (json.next() == Event.KEY_NAME) {
                String text = json.getString();
                TableId id = TableId.parse(text)
                        .orElseThrow(() -> new MalformedException("\"" + text + "\" is no id of a table"));
                require(folded.add(id.folded()), "it has table " + id + " twice");
                require(folded.size() <= MOST_TABLES, "it has more than " + MOST_TABLES + " tables");
                table(id);
            }
        }

        private void table(TableId id) {
            require(json.next() == Event.START_OBJECT, "table " + id + " is no object");
            Map<String, @Nullable String> fields = new HashMap<>();
            while (json.next() == Event.KEY_NAME) {
                String name = json.getString();
                Event event = json.next();
                switch (name) {
                    case "sha256", "etag" -> put(id, fields, name, value(id, name, event, Event.VALUE_STRING));
                    case "size_bytes", "rows" -> put(id, fields, name, value(id, name, event, Event.VALUE_NUMBER));
                    default -> skip(event);
                }
            }
            require(fields.containsKey("sha256"), "table " + id + " has no sha256");
            String sha256 = fields.get("sha256");
            if (sha256 == null) {
                unpublished.add(id.value());
            } else {
                published.add(new Table(
                        id,
                        matching(id, "sha256", sha256, SHA256),
                        matching(id, "etag", fields.get("etag"), ETAG),
                        Long.parseLong(matching(id, "size_bytes", fields.get("size_bytes"), NUMBER)),
                        Long.parseLong(matching(id, "rows", fields.get("rows"), NUMBER))));
            }
        }

        private static void put(TableId id, Map<String, @Nullable String> fields, String name, @Nullable String value) {
            require(!fields.containsKey(name), "table " + id + " has " + name + " twice");
            fields.put(name, value);
        }

        private @Nullable String value(TableId id, String name, Event event, Event expected) {
            require(event == expected || event == Event.VALUE_NULL, "table " + id + " has a wrong " + name);
            // Keeps the text of the number, because a number may have a million digits.
            return event == Event.VALUE_NULL ? null : json.getString();
        }

        private static String matching(TableId id, String name, @Nullable String value, Pattern pattern) {
            if (value == null || !pattern.matcher(value).matches()) {
                throw new MalformedException("table " + id + " has "
                        + (value == null ? "no " + name : "the wrong " + name + " " + brief(value)));
            }
            return value;
        }

        private static String brief(String value) {
            return value.length() <= 80 ? value : value.substring(0, 80) + "...";
        }

        private void skip(Event event) {
            if (event == Event.START_OBJECT) {
                json.skipObject();
            } else if (event == Event.START_ARRAY) {
                json.skipArray();
            }
        }

        private static void require(boolean good, String otherwise) {
            if (!good) {
                throw new MalformedException(otherwise);
            }
        }
    }
}
