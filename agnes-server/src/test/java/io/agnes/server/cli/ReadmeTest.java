// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.file.FileDigests;
import io.agnes.server.settings.NamedSetting;
import io.agnes.server.settings.SettingsCatalog;
import io.agnes.server.settings.Sources;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Samples;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands and programs in the READMEs work. */
@Tag("process")
@Timeout(120)
class ReadmeTest {
    private static final Path PROJECT = Path.of(System.getProperty("agnes.project.dir"));
    private static final Pattern BLOCK = Pattern.compile("```(\\w+)\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path directory;

    private static String readme(String module) throws IOException {
        return Files.readString(PROJECT.resolve(module).resolve("README.md"));
    }

    private static List<String> blocks(String readme, String language) {
        List<String> blocks = new ArrayList<>();
        Matcher found = BLOCK.matcher(readme);
        while (found.find()) {
            if (found.group(1).equals(language)) {
                blocks.add(found.group(2));
            }
        }
        return blocks;
    }

    private static String block(String language, String containing) throws IOException {
        return blocks(readme("."), language).stream()
                .filter(block -> block.contains(containing))
                .findFirst()
                .orElseThrow();
    }

    private static List<NamedSetting> settings() {
        return SettingsCatalog.of(Sources.TYPES).settings();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void everySettingIsInTheReadmeOfTheServer(NamedSetting setting) throws IOException {
        String row = "| `" + setting.key() + "` | `" + setting.environment() + "` |";
        assertTrue(readme("agnes-server").contains(row), row);
        assertTrue(
                readme("agnes-server").contains(setting.setting().sentence()),
                setting.setting().sentence());
    }

    @Test
    void theFirstFiveMinutesOfOperatorAndAnalystGoAsWritten() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.builder().jobPolls(0).start()) {
            keboola.table("in.c-crm.orders").fromCsv(Samples.WEATHER.copyTo(directory.resolve("orders.csv")));
            Map<String, String> environment = new HashMap<>();
            environment.put(
                    "AGNES_KEBOOLA_STORAGE_ENDPOINT", keboola.storageEndpoint().toString());
            environment.put("KEBOOLA_STACK_URL", keboola.stackUrl().toString());
            environment.put("KEBOOLA_STORAGE_TOKEN", keboola.token());
            Path data = directory.resolve("srv");
            assertTrue(block("sh", "./agnes serve").contains("./agnes serve --data-dir /srv/agnes --port 8080"));
            try (AgnesProcess server =
                    AgnesProcess.start(directory, environment, "serve", "--data-dir", data.toString(), "--port", "0")) {
                String address = server.line("agnes ").replaceFirst(".* serves on ", "");
                String operator = block("sh", "api admin/register-table")
                        .replace("http://127.0.0.1:8080", address)
                        .replace("agn_...", server.firstToken());
                String printed = shell(operator);
                assertTrue(printed.contains("published, 2,922 rows"), printed);
                String token = printed.replaceFirst("(?s).*\"token\":\"(agn_[^\"]*)\".*", "$1");
                String analyst = block("sh", "./agnes pull --into")
                        .replace("http://127.0.0.1:8080", address)
                        .replace("agn_...", token);
                String pulled = shell(analyst);
                assertTrue(pulled.contains("in.c-crm.orders"), pulled);
                assertEquals(2922, count(directory.resolve("tables/in.c-crm.orders.parquet")));
            }
        }
    }

    /** Runs the lines in a shell in which {@code ./agnes} is this program. Lines for the duckdb shell are left out. */
    private String shell(String lines) throws Exception {
        String program = String.join(" ", BuiltProgram.command());
        Path script = Files.writeString(
                directory.resolve("script.sh"),
                "set -eu\nfunction ./agnes { " + program + " \"$@\"; }\nfunction duckdb { :; }\n" + lines);
        Path output = directory.resolve("script.out");
        Process process = new ProcessBuilder("bash", script.toString())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), Files.readString(output));
        return Files.readString(output);
    }

    private static long count(Path file) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM '" + file + "'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Compiles the code as a separate file, with the artifacts that the README names. */
    @ParameterizedTest
    @ValueSource(strings = {".", "agnes-core", "agnes-keboola", "agnes-bigquery", "agnes-dump", "agnes-testkit"})
    void javaOfTheReadmesCompiles(String module) throws Exception {
        List<String> blocks = blocks(readme(module), "java");
        assertFalse(blocks.isEmpty());
        for (String block : blocks) {
            Matcher name =
                    Pattern.compile("(?m)^(?:public final )?class (\\w+)").matcher(block);
            assertTrue(name.find(), block);
            compile(Files.writeString(directory.resolve(name.group(1) + ".java"), block));
        }
    }

    private void compile(Path source) {
        // JUnit, and modules that the server does not require, are missing on its module path.
        String libraries = String.join(
                File.pathSeparator,
                System.getProperty("jdk.module.path"),
                System.getProperty("java.class.path"),
                target("agnes-bigquery").toString(),
                target("agnes-dump").toString());
        StringWriter errors = new StringWriter();
        int code = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        new PrintWriter(errors),
                        new PrintWriter(errors),
                        "-Xlint:all,-classfile",
                        "-proc:none",
                        "-d",
                        directory.resolve("classes").toString(),
                        "-cp",
                        libraries,
                        source.toString());
        assertEquals(0, code, errors.toString());
    }

    private static Path target(String module) {
        return PROJECT.resolve(module).resolve("target").resolve("classes");
    }

    @Test
    void theConnectorOfTheReadmeDoesWhatItSays() throws Exception {
        try (FakeKeboola fake = FakeKeboola.builder().jobPolls(0).start()) {
            fake.table("in.c-crm.orders").fromCsv(Samples.AIRPORTS.copyTo(directory.resolve("orders.csv")));
            String printed = run(
                    block("java", "KeboolaClient.of")
                            .replace(
                                    "KeboolaConfig.of(URI.create(\"https://connection.keboola.com\"), token)",
                                    "KeboolaConfig.of(URI.create(\"" + fake.stackUrl() + "\"), token)"
                                            + ".withPrivateTargets(true).withStorageEndpoint(URI.create(\""
                                            + fake.storageEndpoint() + "\"))"),
                    fake.token());
            FileDigests digests = FileDigests.of(directory.resolve("orders.parquet"));
            assertEquals("3376 rows, SHA-256 " + digests.sha256(), printed.strip());
        }
    }

    /** Compiles a class, runs it in the test's directory and returns its output. */
    private String run(String program, String token) throws Exception {
        Path source = Files.writeString(directory.resolve("ExportOrders.java"), program);
        compile(source);
        Path output = directory.resolve("program.out");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        directory.resolve("classes") + File.pathSeparator + System.getProperty("jdk.module.path"),
                        "ExportOrders")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("KEBOOLA_STORAGE_TOKEN", token);
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), Files.readString(output));
        return Files.readString(output);
    }
}
