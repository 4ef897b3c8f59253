package io.agnes.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The layout that design and module descriptors promise, held against the compiled classes of every module. */
class ArchitectureTest {
    private static final Path PROJECT = Path.of(System.getProperty("agnes.project.dir"));
    private static final Map<String, Set<String>> KNOWS = Map.of(
            "core", Set.of(),
            "testkit", Set.of(),
            "keboola", Set.of("core"),
            "bigquery", Set.of("core"),
            "dump", Set.of("core"),
            "server", Set.of("core", "keboola", "testkit"));
    private static final Map<String, Set<String>> EXPORTS = Map.of(
            "core", Set.of("", ".composite", ".file", ".parquet", ".sync", ".table"),
            "testkit", Set.of(""),
            "keboola", Set.of(""),
            "bigquery", Set.of(""),
            "dump", Set.of(""),
            "server", Set.of());
    private static final String[] LIBRARIES = {
        "io.agnes.core..", "io.agnes.keboola..", "io.agnes.bigquery..", "io.agnes.dump..", "io.agnes.testkit.."
    };

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
                .that(resideInAPackage("io.agnes.core.."))
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("io.agnes.core..", "java..", "org.jspecify.annotations..")
                .check(CLASSES);
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
                .callMethod(Thread.class, "sleep", long.class)
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

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.agnes.(**)").should().beFreeOfCycles().check(CLASSES);
    }
}
