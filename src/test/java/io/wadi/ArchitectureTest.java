package io.wadi;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.wadi.local.Up;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dependencies point one way: {@code io.wadi}, then the capabilities, then {@code kafka}, {@code health}, {@code observe}, {@code format}, {@code config}. */
final class ArchitectureTest {
    private static final String ROOT = "io.wadi";
    private static final String[] CAPABILITIES = packages(
            "ingest",
            "landing",
            "indexing",
            "ends",
            "metrics",
            "ops",
            "streams",
            "cards",
            "shutdown",
            "lag",
            "mirror",
            "groups",
            "reload",
            "control",
            "access");
    private static final String[] SHARED = packages("kafka", "config", "observe", "health", "format");
    private static final JavaClasses MAIN = new ClassFileImporter()
            .importUrl(Wadi.class.getProtectionDomain().getCodeSource().getLocation());

    /** With the tests of the same packages. */
    private static final JavaClasses LOCAL = new ClassFileImporter().importPackagesOf(Up.class);

    private static String[] packages(String... names) {
        return Arrays.stream(names).map(name -> ROOT + "." + name + "..").toArray(String[]::new);
    }

    static String[] capabilities() {
        return CAPABILITIES;
    }

    @ParameterizedTest
    @MethodSource("capabilities")
    void capability_doesNotDependOnAnother(String capability) {
        noClasses()
                .that()
                .resideInAPackage(capability)
                .should()
                .dependOnClassesThat(resideInAnyPackage(CAPABILITIES).and(not(resideInAPackage(capability))))
                .because("capabilities meet in io.wadi and in routes only")
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void shared_dependsOnNoCapability() {
        noClasses()
                .that()
                .resideInAnyPackage(SHARED)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(CAPABILITIES)
                .check(MAIN);
    }

    @Test
    void root_isSeenByNobody() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(MAIN);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("io.wadi.(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void packagesWithinACapability_haveNoCycles() {
        slices().matching("io.wadi.(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void package_isTheRootOrInACapabilityOrShared() {
        List<String> known = Stream.of(Stream.of(ROOT), Stream.of(CAPABILITIES), Stream.of(SHARED))
                .flatMap(names -> names)
                .map(name -> name.replace("..", ""))
                .toList();

        assertThat(MAIN.stream()
                        .map(type -> type.getPackageName().replaceFirst("^(io\\.wadi\\.\\w+)\\..*", "$1"))
                        .distinct())
                .isNotEmpty()
                .isSubsetOf(known);
    }

    @Test
    void local_dependsOnNoTestClass() {
        noClasses()
                .that(areIn("src/local/java"))
                .should()
                .dependOnClassesThat(areIn("src/test/java"))
                .because("./wadi up, mirror and soak are product code")
                .check(LOCAL);
    }

    private static DescribedPredicate<JavaClass> areIn(String sourceRoot) {
        return DescribedPredicate.describe(
                "are in " + sourceRoot,
                type -> Files.exists(Path.of(
                        sourceRoot, type.getName().replaceFirst("\\$.*", "").replace('.', '/') + ".java")));
    }

    @Test
    void main_doesNotUseJavaUtilLogging() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(MAIN);
    }

    @Test
    void main_printsFromTheRootOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT)
                .should(ACCESS_STANDARD_STREAMS)
                .check(MAIN);
    }

    @Test
    void main_neverSleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .orShould()
                .callMethod(TimeUnit.class, "sleep", long.class)
                .because("what waits is woken, so that it can be stopped")
                .check(MAIN);
    }
}
