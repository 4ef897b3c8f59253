// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agnes.bigquery.BigQueryConfig;
import io.agnes.core.settings.Setting;
import io.agnes.core.settings.SettingType;
import io.agnes.core.settings.SettingsSection;
import io.agnes.core.sync.SchedulerConfig;
import io.agnes.core.sync.SyncConfig;
import io.agnes.keboola.KeboolaConfig;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The settings documents are generated from the descriptions: the tables in the READMEs and the JSON Schema of the
 * settings file. With the environment variable {@code WRITE_DOCUMENTS} the test writes them; without it the test
 * compares them.
 */
class SettingsDocumentsTest {
    private static final boolean WRITE = System.getenv("WRITE_DOCUMENTS") != null;
    private static final String HOW = " differs from the descriptions; run this test with WRITE_DOCUMENTS=1";
    private static final Path PROJECT = Path.of(System.getProperty("agnes.project.dir"));

    @Test
    void theReadmeOfTheServerListsEverySetting() throws IOException {
        String rows = SettingsCatalog.of(Sources.TYPES).settings().stream()
                .map(setting -> row(
                        code(setting.key()),
                        code(setting.environment()),
                        code(setting.setting().defaultText()),
                        texts(setting.setting().type()),
                        setting.setting().sentence()))
                .collect(Collectors.joining());
        assertTable(
                "agnes-server/README.md",
                "settings",
                row("key", "environment", "default", "values", "meaning") + "|---|---|---|---|---|\n" + rows);
    }

    @Test
    void theReadmesOfTheLibrariesListTheSettingsOfTheirRecords() throws IOException {
        assertTable("agnes-core/README.md", "sync", table(SyncConfig.SETTINGS));
        assertTable("agnes-core/README.md", "scheduler", table(SchedulerConfig.SETTINGS));
        assertTable("agnes-keboola/README.md", "keboola", table(KeboolaConfig.SETTINGS));
        assertTable("agnes-bigquery/README.md", "bigquery", table(BigQueryConfig.SETTINGS));
    }

    @Test
    void theSchemaOfTheSettingsFileHasEverySetting() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonWriter writer = Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
                .createWriter(text)) {
            writer.write(schema());
        }
        assertDocument(
                PROJECT.resolve("docs/settings.schema.json"), text.toString().strip() + "\n");
    }

    private static String table(SettingsSection<?> section) {
        return row("setting", "default", "values", "meaning") + "|---|---|---|---|\n"
                + section.settings().stream()
                        .map(setting -> row(
                                code(setting.name()),
                                forPeople(setting),
                                setting.type().bounds(),
                                setting.sentence()))
                        .collect(Collectors.joining());
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells).replaceAll(" +", " ") + " |\n";
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }

    private static String texts(SettingType<?> type) {
        return type.expected().replaceFirst("^(0 or )?a whole number ", "$1");
    }

    private static <T> String forPeople(Setting<T> setting) {
        if (setting.defaultValue().isEmpty()) {
            return "required";
        }
        return switch (setting.value()) {
            case Duration duration -> duration(duration);
            case Long bytes -> (bytes >> 20) + " MiB";
            default -> setting.defaultText().isEmpty() ? "none" : code(setting.defaultText());
        };
    }

    private static String duration(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds % 3600 == 0) {
            return seconds / 3600 + " h";
        }
        return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
    }

    private static JsonObject schema() {
        Map<String, JsonObjectBuilder> sections = new TreeMap<>();
        for (NamedSetting setting : SettingsCatalog.of(Sources.TYPES).settings()) {
            int dot = setting.key().indexOf('.');
            sections.computeIfAbsent(setting.key().substring(0, Math.max(0, dot)), name -> Json.createObjectBuilder())
                    .add(setting.key().substring(dot + 1), schema(setting.setting()));
        }
        JsonObjectBuilder properties =
                Json.createObjectBuilder(sections.remove("").build());
        sections.forEach((name, section) -> properties.add(name, object(section)));
        return Json.createObjectBuilder()
                .add("$schema", "https://json-schema.org/draft/2020-12/schema")
                .add("title", "Settings file of agnes serve")
                .addAll(object(properties))
                .build();
    }

    private static JsonObjectBuilder object(JsonObjectBuilder properties) {
        return Json.createObjectBuilder()
                .add("type", "object")
                .add("additionalProperties", false)
                .add("properties", properties);
    }

    private static <T> JsonObjectBuilder schema(Setting<T> setting) {
        JsonObjectBuilder schema = schema(setting.type());
        schema.add("description", setting.sentence() + " (" + setting.type().expected() + ")");
        setting.defaultValue().filter(value -> !setting.defaultText().isEmpty()).ifPresent(value -> {
            switch (value) {
                case Integer number -> schema.add("default", number);
                case Duration duration -> schema.add("default", duration.toSeconds());
                case Boolean flag when setting.type() instanceof SettingType.Flag -> schema.add("default", flag);
                default -> schema.add("default", setting.defaultText());
            }
        });
        return schema;
    }

    private static JsonObjectBuilder schema(SettingType<?> type) {
        JsonObjectBuilder schema = Json.createObjectBuilder();
        return switch (type) {
            case SettingType.WholeNumber number -> integer(number.min(), number.max());
            case SettingType.ByteCount bytes -> integer(bytes.min(), Long.MAX_VALUE);
            case SettingType.Seconds seconds
            when seconds.orZero() ->
                Json.createObjectBuilder()
                        .add(
                                "anyOf",
                                Json.createArrayBuilder()
                                        .add(Json.createObjectBuilder().add("const", 0))
                                        .add(integer(
                                                seconds.minSeconds(),
                                                seconds.max().toSeconds())));
            case SettingType.Seconds seconds ->
                integer(seconds.minSeconds(), seconds.max().toSeconds());
            case SettingType.Flag flag -> schema.add("type", "boolean");
            case SettingType.Choice<?> choice -> schema.add("enum", words(choice));
            case SettingType.SecretText secret -> schema.add("type", "string").add("minLength", secret.minLength());
            case SettingType.Address address -> schema.add("type", "string").add("format", "uri");
            case SettingType.Text text -> schema.add("type", "string");
            case SettingType.Name name -> schema.add("type", "string").add("pattern", "^(?:" + name.pattern() + ")$");
            case SettingType.Words words -> schema.add("type", "string");
            case SettingType.FilePath path -> schema.add("type", "string");
            case SettingType.Maybe<?> maybe -> schema(maybe.type());
        };
    }

    private static JsonObjectBuilder integer(long min, long max) {
        return Json.createObjectBuilder()
                .add("type", "integer")
                .add("minimum", min)
                .add("maximum", max);
    }

    private static JsonArrayBuilder words(SettingType.Choice<?> choice) {
        JsonArrayBuilder words = Json.createArrayBuilder();
        choice.words().forEach(word -> words.add(word.text()));
        return words;
    }

    /** The table stands between a line {@code <!-- NAME -->} and the next empty line. */
    private static void assertTable(String readme, String name, String table) throws IOException {
        Path file = PROJECT.resolve(readme);
        String mark = "<!-- " + name + " -->\n";
        String text = Files.readString(file);
        int from = text.indexOf(mark) + mark.length();
        int to = text.indexOf("\n\n", from - 1) + 1;
        if (WRITE) {
            Files.writeString(file, text.substring(0, from) + table + text.substring(to));
        } else {
            assertEquals(table, text.substring(from, to), () -> name + " in " + file + HOW);
        }
    }

    private static void assertDocument(Path file, String expected) throws IOException {
        if (WRITE) {
            Files.writeString(file, expected);
        } else {
            assertEquals(expected, Files.readString(file), () -> file + HOW);
        }
    }
}
