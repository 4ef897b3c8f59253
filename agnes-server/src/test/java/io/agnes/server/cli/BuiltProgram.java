// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The program that tests start as a process. It is assembled like the launcher's: jars on the module path, DuckDB's
 * native library beside its jar, and from JDK 25 on a start-up cache, which halves the time of a start. All JVMs of a
 * test run share one folder. It is assembled again after a build.
 */
final class BuiltProgram {
    private static final int FIRST_WITH_AOT_CACHE = 25;
    private static final List<String> OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xlog:disable",
            "-Xlog:all=error:stderr",
            "--enable-native-access=duckdb.jdbc");
    private static final Pattern GOOGLE =
            Pattern.compile("/(com/google|io/grpc|io/opencensus|io/opentelemetry|org/threeten)/.*[.]jar$");

    private static final String MAIN = "io.agnes.server/" + Main.class.getName();
    private static final List<String> COMMAND = assembled();

    private BuiltProgram() {}

    /**
     * The command that starts the program; the program's arguments follow it.
     *
     * @param options further options of the JVM
     */
    static List<String> command(String... options) {
        List<String> command = new ArrayList<>(COMMAND);
        command.addAll(1, List.of(options));
        return command;
    }

    private static List<String> assembled() {
        Path target = Path.of(System.getProperty("agnes.project.dir"), "agnes-server", "target");
        try (FileChannel channel = FileChannel.open(
                        target.resolve("test-program.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            Path folder = target.resolve("test-program");
            Path mark = folder.resolve("built");
            String state = state();
            if (!lock.isValid()
                    || !Files.exists(mark)
                    || !Files.readString(mark).equals(state)) {
                delete(folder);
                Files.createDirectories(folder);
                List<String> command = command(modulePath(folder));
                train(command, folder);
                Files.writeString(mark, state);
            }
            return withCache(command(modulePath(folder)), folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while the program was assembled", e);
        }
    }

    /** Changes with the JVM, the module path and every class file. */
    private static String state() throws IOException {
        long newest = 0;
        long files = 0;
        for (Path entry : entries()) {
            try (Stream<Path> all = Files.walk(entry)) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    newest = Math.max(newest, Files.getLastModifiedTime(file).toMillis());
                    files++;
                }
            }
        }
        return System.getProperty("java.home") + " " + System.getProperty("jdk.module.path") + " " + newest + " "
                + files;
    }

    /**
     * The module path of the tests, and the jars that only Google's automatic modules need: these cannot say so, and Surefire
     * puts them on the class path.
     */
    private static List<Path> entries() {
        Stream<String> modules = Stream.of(System.getProperty("jdk.module.path").split(File.pathSeparator));
        Stream<String> google = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(jar -> GOOGLE.matcher(jar).find());
        return Stream.concat(modules, google)
                .map(Path::of)
                .filter(Files::exists)
                .toList();
    }

    /** Creates the missing files in the folder. */
    private static String modulePath(Path folder) throws IOException {
        List<String> path = new ArrayList<>();
        for (Path entry : entries()) {
            String name = entry.getFileName().toString();
            if (Files.isDirectory(entry)) {
                path.add(jar(
                        entry,
                        folder.resolve(entry.subpath(entry.getNameCount() - 3, entry.getNameCount() - 2) + ".jar")));
            } else if (name.startsWith("duckdb_jdbc")) {
                path.add(lean(entry, folder.resolve(name)));
            } else {
                path.add(entry.toString());
            }
        }
        return String.join(File.pathSeparator, path);
    }

    private static String jar(Path classes, Path jar) {
        if (!Files.exists(jar)) {
            int code = ToolProvider.findFirst("jar")
                    .orElseThrow()
                    .run(System.out, System.err, "--create", "--file", jar.toString(), "-C", classes.toString(), ".");
            if (code != 0) {
                throw new IllegalStateException("jar ended with " + code);
            }
        }
        return jar.toString();
    }

    /** Copies the jar without native libraries, and the library of this platform beside it. */
    private static String lean(Path duckdb, Path jar) throws IOException {
        if (!Files.exists(jar)) {
            String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
            String library = "libduckdb_java.so_linux_" + (architecture.equals("aarch64") ? "arm64" : architecture);
            try (ZipFile from = new ZipFile(duckdb.toFile());
                    OutputStream file = Files.newOutputStream(jar);
                    ZipOutputStream to = new ZipOutputStream(file)) {
                for (Enumeration<? extends ZipEntry> all = from.entries(); all.hasMoreElements(); ) {
                    copy(from, all.nextElement(), library, jar, to);
                }
            }
        }
        return jar.toString();
    }

    private static void copy(ZipFile from, ZipEntry entry, String library, Path jar, ZipOutputStream to)
            throws IOException {
        try (InputStream in = from.getInputStream(entry)) {
            if (entry.getName().equals(library)) {
                Files.copy(in, jar.resolveSibling(library));
            } else if (!entry.getName().startsWith("libduckdb_java.so_")) {
                to.putNextEntry(new ZipEntry(entry.getName()));
                in.transferTo(to);
            }
        }
    }

    private static List<String> command(String modulePath) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(List.of("-p", modulePath, "-m", MAIN));
        return command;
    }

    /** Fills the cache by running a demo. Without the cache the program works, but more slowly. */
    private static void train(List<String> command, Path folder) throws IOException, InterruptedException {
        if (Runtime.version().feature() < FIRST_WITH_AOT_CACHE) {
            return;
        }
        List<String> training = new ArrayList<>(command);
        training.add(1, "-XX:AOTCacheOutput=" + cache(folder));
        training.addAll(List.of(
                "demo",
                "--once",
                "--without-bigquery",
                "--data-dir",
                folder.resolve("demo").toString()));
        new ProcessBuilder(training)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("training.txt").toFile())
                .start()
                .waitFor();
        delete(folder.resolve("demo"));
    }

    private static List<String> withCache(List<String> command, Path folder) {
        if (Files.exists(cache(folder))) {
            command.add(1, "-XX:AOTCache=" + cache(folder));
        }
        return command;
    }

    private static Path cache(Path folder) {
        return folder.resolve("start.cache");
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
