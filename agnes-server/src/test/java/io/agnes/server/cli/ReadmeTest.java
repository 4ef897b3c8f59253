package io.agnes.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Secret;
import io.agnes.core.file.FileDigests;
import io.agnes.core.file.FileDraft;
import io.agnes.core.file.FileStore;
import io.agnes.core.sync.SyncProgress;
import io.agnes.keboola.ExportFilter;
import io.agnes.keboola.ExportResult;
import io.agnes.keboola.KeboolaClient;
import io.agnes.keboola.KeboolaConfig;
import io.agnes.server.settings.Setting;
import io.agnes.testkit.FakeKeboola;
import io.agnes.testkit.Samples;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the words promise is what the program does. */
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

    @ParameterizedTest
    @EnumSource(Setting.class)
    void everySettingIsInTheReadmeOfTheServer(Setting setting) throws IOException {
        String row = "| `" + setting.key() + "` | `" + setting.environment() + "` |";
        assertTrue(readme("agnes-server").contains(row), row);
        assertTrue(readme("agnes-server").contains(setting.meaning()), setting.meaning());
    }

    @Test
    void theFirstFiveMinutesOfOperatorAndAnalystGoAsWritten() throws Exception {
        try (FakeKeboola keboola = FakeKeboola.start()) {
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
                String first = server.line("first start:");
                String operator = block("sh", "api admin/register-table")
                        .replace("http://127.0.0.1:8080", address)
                        .replace("agn_...", first.substring(first.indexOf("agn_")));
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

    /** Runs the lines in a shell in which {@code ./agnes} is this program; DuckDB's own shell is not needed here. */
    private String shell(String lines) throws Exception {
        String program = Path.of(System.getProperty("java.home"), "bin", "java")
                + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=duckdb.jdbc -p "
                + System.getProperty("jdk.module.path") + " -m io.agnes.server/io.agnes.server.cli.Main";
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

    @Test
    void theConnectorsTenLinesAreThese() throws Exception {
        try (FakeKeboola fake = FakeKeboola.start()) {
            fake.seed(Samples.AIRPORTS);
            KeboolaConfig config = KeboolaConfig.of(fake.stackUrl(), Secret.of(fake.token()))
                    .withPrivateTargets(true)
                    .withStorageEndpoint(fake.storageEndpoint());
            Path target = directory.resolve("orders.parquet");
            ExportResult result = tenLines(config, directory.resolve("orders.tmp"), target);
            assertEquals(3376, result.rows());
            assertEquals(result.digests(), FileDigests.of(target));
        }
        String expected = block("java", "KeboolaClient.of");
        assertEquals("""
                KeboolaConfig config = KeboolaConfig.of(URI.create("https://connection.keboola.com"), Secret.of(token));
                try (KeboolaClient keboola = KeboolaClient.of(config);
                        FileDraft draft = FileDraft.of(FileStore.system(), Path.of("orders.tmp"), "orders.parquet")) {
                    ExportResult result = keboola.export("in.c-crm.orders", ExportFilter.ALL, draft, SyncProgress.NONE);
                    draft.publish(Path.of("orders.parquet"), Instant.now());
                    System.out.println(result.rows() + " rows, SHA-256 " + result.digests().sha256());
                }
                """, expected);
        assertEquals(
                "connection.keboola.com",
                URI.create("https://connection.keboola.com").getHost());
    }

    private static ExportResult tenLines(KeboolaConfig config, Path scratch, Path target) throws Exception {
        try (KeboolaClient keboola = KeboolaClient.of(config);
                FileDraft draft = FileDraft.of(FileStore.system(), scratch, "orders.parquet")) {
            ExportResult result = keboola.export("in.c-demo.airports", ExportFilter.ALL, draft, SyncProgress.NONE);
            draft.publish(target, Instant.EPOCH);
            return result;
        }
    }
}
