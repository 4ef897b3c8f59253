// SPDX-License-Identifier: Apache-2.0
package io.agnes.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the compiled classes of every module against the layout in the design and the module descriptors. */
class ArchitectureTest {
    private static final Path PROJECT = Path.of(System.getProperty("agnes.project.dir"));
    private static final Map<String, Set<String>> KNOWS = Map.of(
            "core", Set.of(),
            "testkit", Set.of(),
            "keboola", Set.of("core"),
            "bigquery", Set.of("core"),
            "dump", Set.of("core"),
            "server", Set.of("core", "keboola", "bigquery", "testkit"));
    private static final Map<String, Set<String>> EXPORTS = Map.of(
            "core",
                    Set.of(
                            "",
                            ".assembly",
                            ".composite",
                            ".duckdb",
                            ".file",
                            ".parquet",
                            ".settings",
                            ".store",
                            ".sync",
                            ".table",
                            ".version",
                            ".work"),
            "testkit", Set.of(""),
            "keboola", Set.of(""),
            "bigquery", Set.of("", ".export", ".metadata"),
            "dump", Set.of(""),
            "server", Set.of());
    private static final String[] LIBRARIES = {
        "io.agnes.core..", "io.agnes.keboola..", "io.agnes.bigquery..", "io.agnes.dump..", "io.agnes.testkit.."
    };

    private static final String DUCKDB = "io.agnes.core.duckdb";
    private static final List<String> SCANS = List.of(
            "io/agnes/core/duckdb/ParquetScan",
            "io/agnes/core/duckdb/TextScan",
            "io/agnes/testkit/Scans",
            // Demo prints a curl command.
            "io/agnes/server/cli/Demo");
    private static final Pattern SCAN = Pattern.compile(
            "(read_parquet|parquet_scan|read_csv|read_csv_auto|sniff_csv|read_json\\w*|read_text|read_blob|glob|parquet_\\w*metadata"
                    + "|parquet_schema)\\s*\\(\\W|\\b(FROM|JOIN)\\s+'",
            Pattern.CASE_INSENSITIVE);

    /** Calls that only wait for time to pass, in every overload. Waiting for an event with a timeout is allowed. */
    private static final DescribedPredicate<AccessTarget.CodeUnitCallTarget> WAITING = describe(
            "waits for time",
            target -> isMethod(target, Thread.class, "sleep")
                    || isMethod(target, TimeUnit.class, "sleep")
                    || isMethod(target, TimeUnit.class, "timedWait")
                    || target.getOwner().isEquivalentTo(LockSupport.class)
                    || (target.getName().equals("wait") && target.getOwner().isEquivalentTo(Object.class)));

    private static boolean isMethod(AccessTarget.CodeUnitCallTarget target, Class<?> owner, String name) {
        return target.getName().equals(name) && target.getOwner().isAssignableTo(owner);
    }

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importPaths(KNOWS.keySet().stream().map(ArchitectureTest::compiled).toList());

    private static Path compiled(String module) {
        return PROJECT.resolve("agnes-" + module).resolve("target").resolve("classes");
    }

    private static ModuleDescriptor descriptor(String module) {
        return ModuleFinder.of(compiled(module))
                .find("io.agnes." + module)
                .orElseThrow()
                .descriptor();
    }

    @ParameterizedTest
    @ValueSource(strings = {"core", "testkit", "keboola", "bigquery", "dump", "server"})
    void aModuleKnowsTheModulesItIsSaidToAndNoOther(String module) {
        Set<String> known = descriptor(module).requires().stream()
                .map(ModuleDescriptor.Requires::name)
                .filter(name -> name.startsWith("io.agnes."))
                .map(name -> name.substring("io.agnes.".length()))
                .collect(toSet());
        assertEquals(KNOWS.get(module), known);
    }

    @ParameterizedTest
    @ValueSource(strings = {"core", "testkit", "keboola", "bigquery", "dump", "server"})
    void aModuleExportsItsApiAndNothingElse(String module) {
        ModuleDescriptor descriptor = descriptor(module);
        Set<String> exported = descriptor.exports().stream()
                .map(ModuleDescriptor.Exports::source)
                .map(name -> name.substring(("io.agnes." + module).length()))
                .collect(toSet());
        assertEquals(EXPORTS.get(module), exported);
        assertFalse(descriptor.isAutomatic());
    }

    @Test
    void coreNeedsTheJdkAlone() {
        noClasses()
                .that(resideInAPackage("io.agnes.core..").and(not(resideInAPackage(DUCKDB))))
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(
                        "io.agnes.core..",
                        "java.io..",
                        "java.lang..",
                        "java.math..",
                        "java.net..",
                        "java.nio..",
                        "java.security..",
                        "java.time..",
                        "java.util..",
                        "org.jspecify.annotations..")
                .check(CLASSES);
    }

    @Test
    void coreTalksToDuckDbInOnePackage() {
        noClasses()
                .that(resideInAPackage(DUCKDB))
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("io.agnes.core..", "java..", "org.duckdb..", "org.jspecify.annotations..")
                .check(CLASSES);
        noClasses()
                .that(resideInAPackage("io.agnes.core..").and(not(resideInAPackage(DUCKDB))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(DUCKDB)
                .check(CLASSES);
    }

    /** Unless each scan forbids it, DuckDB takes columns from folder names and expands patterns in file names. */
    @ParameterizedTest
    @ValueSource(strings = {"core", "testkit", "keboola", "bigquery", "dump", "server"})
    void filesAreScannedWhereGuessingIsSwitchedOffAndNowhereElse(String module) throws IOException {
        try (Stream<Path> classes = Files.walk(compiled(module))) {
            for (Path file :
                    classes.filter(path -> path.toString().endsWith(".class")).toList()) {
                String name = compiled(module).relativize(file).toString();
                if (SCANS.stream().noneMatch(name::startsWith)) {
                    Matcher scan = SCAN.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
                    assertFalse(scan.find(), () -> name + " scans files by itself: " + scan.group());
                }
            }
        }
    }

    @Test
    void noLibraryReachesTheServer() {
        noClasses()
                .that()
                .resideInAnyPackage(LIBRARIES)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.agnes.server..")
                .check(CLASSES);
    }

    /** Another registry throws another subclass of core's exception. */
    @Test
    void routesDoNotKnowWhichRegistryFails() {
        noClasses()
                .that()
                .resideInAnyPackage("io.agnes.server.route..", "io.agnes.server.access..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.agnes.server.registry.RegistryException")
                .check(CLASSES);
    }

    @Test
    void noLibraryReadsTheEnvironmentOrPrints() {
        noClasses()
                .that()
                .resideInAnyPackage(LIBRARIES)
                .should()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .check(CLASSES);
    }

    @Test
    void timeIsReadAndWaitedForInOnePlace() {
        noClasses()
                .that()
                .resideInAPackage("io.agnes..")
                .and()
                .resideOutsideOfPackage("io.agnes.testkit..")
                .and()
                .haveNameNotMatching("io\\.agnes\\.core\\.SystemTime")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethodWhere(target(WAITING))
                .check(CLASSES);
    }

    /** The names of stack frames may change with each version of a library or the JDK. */
    @Test
    void noDecisionReadsTheStack() {
        noClasses()
                .that()
                .resideInAPackage("io.agnes..")
                .and()
                .resideOutsideOfPackage("io.agnes.testkit..")
                .should()
                .callMethod(Throwable.class, "getStackTrace")
                .orShould()
                .callMethod(Thread.class, "getStackTrace")
                .orShould()
                .callMethod(Thread.class, "getAllStackTraces")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(StackWalker.class)
                .check(CLASSES);
    }

    @Test
    void theExportedConnectorShowsNoTypeOfAnHttpLibrary() {
        noClasses()
                .that()
                .resideInAPackage("io.agnes.keboola")
                .and()
                .arePublic()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.helidon..", "jakarta.json..")
                .check(CLASSES);
    }

    /** A reader who knows a name from one module expects the same in another; these have the same meaning in both. */
    @Test
    void aSimpleNameHasOneMeaningInAllModules() {
        Set<String> shared = Set.of("ExportJob", "Sql", "StoredObject");
        Map<String, Set<String>> modules = new TreeMap<>();
        CLASSES.stream()
                .filter(type -> type.isTopLevelClass() && !type.getSimpleName().endsWith("-info"))
                .forEach(type -> modules.computeIfAbsent(type.getSimpleName(), name -> new TreeSet<>())
                        .add(type.getPackageName().split("\\.")[2]));
        modules.keySet().removeAll(shared);
        modules.values().removeIf(users -> users.size() == 1);
        assertEquals(Map.of(), modules);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.agnes.(**)").should().beFreeOfCycles().check(CLASSES);
    }
}
