package io.wadi;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.bucket4j.TimeMeter;
import io.wadi.local.Up;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dependencies between packages, the sizes of packages and classes, and rules for all code. */
final class ArchitectureTest {
    private static final String ROOT = "io.wadi";
    private static final int LARGEST_PACKAGE = 25;
    private static final int LARGEST_ROOT = 6;
    /** The maximum number of lines of a class. */
    private static final int LARGEST_CLASS = 500;

    /**
     * The allowed dependencies of each package, including its subpackages. A row may refer to earlier rows only, which
     * excludes cycles. No capability depends on another one. The root package, which starts the pipeline or a command,
     * has no row: no package may depend on it.
     */
    private static final List<Row> TABLE = """
            runtime.config:
            runtime.health:
            runtime.telemetry: runtime.config runtime.health
            runtime.watch: runtime.health
            format: runtime.config
            hdfs: runtime.config runtime.health
            kafka: runtime.config runtime.health runtime.telemetry
            runtime.http: runtime.config kafka
            runtime.security: runtime.http runtime.watch format
            kafka.producer: runtime.config kafka
            kafka.partitions: runtime.health runtime.telemetry kafka
            kafka.records:
            kafka.consumer: runtime.config runtime.health runtime.telemetry kafka kafka.producer kafka.partitions kafka.records
            kafka.targets: kafka
            kafka.client: runtime.config runtime.health runtime.telemetry kafka kafka.producer kafka.partitions kafka.consumer kafka.records
            kafka.groups: runtime.config kafka kafka.records
            kafka.topics: runtime.config runtime.health kafka
            kafka.deadletter: runtime.config kafka kafka.records
            runtime.shutdown: runtime.config kafka kafka.topics
            runtime: runtime.config runtime.health runtime.telemetry hdfs kafka kafka.partitions kafka.consumer kafka.client kafka.topics kafka.deadletter runtime.shutdown
            kafka.streams: runtime.config runtime.health runtime.http kafka kafka.client kafka.topics kafka.records kafka.deadletter runtime
            runtime.reload: runtime.config runtime.health runtime.watch kafka runtime
            management: runtime.security
            metrics: runtime.config runtime.watch runtime.http format kafka kafka.client kafka.topics kafka.records kafka.deadletter runtime kafka.streams
            ingest.event:
            ingest.limits: ingest.event
            ingest.auth: runtime.config runtime.watch runtime.security ingest.limits
            ingest.admission: runtime.security ingest.limits ingest.auth
            ingest.eventloop:
            ingest.json: format ingest.event ingest.limits
            ingest.schema: format ingest.event
            ingest.registry: runtime.config runtime.watch runtime.http format kafka ingest.event ingest.json
            ingest.rest: format kafka ingest.event ingest.limits
            ingest.cloudevents: format ingest.event
            ingest.browser: ingest.event
            ingest.request: runtime.telemetry kafka ingest.event ingest.limits ingest.admission ingest.eventloop ingest.json ingest.rest ingest.browser
            ingest.tls: runtime.watch runtime.security ingest.auth
            ingest.http: runtime.health runtime.http runtime.telemetry runtime.security ingest.event ingest.limits ingest.tls ingest.admission ingest.eventloop ingest.browser ingest.request
            ingest.deduplication: runtime.config runtime.telemetry kafka kafka.client kafka.topics kafka.records kafka.deadletter runtime ingest.limits
            ingest.send: runtime.config runtime.telemetry runtime.watch format kafka kafka.client kafka.topics kafka.records kafka.deadletter ingest.event ingest.limits ingest.eventloop ingest.json ingest.schema ingest.registry ingest.request ingest.deduplication
            ingest: runtime.config runtime.telemetry runtime.watch runtime.security kafka kafka.client kafka.topics kafka.deadletter runtime runtime.reload ingest.event ingest.limits ingest.auth ingest.admission ingest.json ingest.registry ingest.rest ingest.cloudevents ingest.browser ingest.request ingest.deduplication ingest.tls ingest.http ingest.send
            ingest.receipts: runtime.config kafka kafka.client kafka.records kafka.targets kafka.topics kafka.deadletter runtime ingest.event ingest.limits ingest.json ingest.request ingest.send ingest
            management.access: runtime.config runtime.watch runtime.telemetry runtime.http runtime.security runtime management
            management.connectors: runtime.config runtime.http kafka kafka.client kafka.topics runtime kafka.streams runtime.reload management
            management.lag: runtime.config runtime.http runtime.health kafka kafka.client kafka.groups kafka.records runtime management
            management.page: runtime.config runtime.health runtime.http runtime.telemetry runtime.security kafka kafka.client kafka.targets kafka.topics kafka.records kafka.deadletter runtime management
            extension.cards: runtime.config runtime.watch format hdfs kafka kafka.deadletter runtime kafka.streams
            extension.connectors: runtime.config runtime.health runtime.telemetry format hdfs kafka kafka.client kafka.topics kafka.records kafka.deadletter runtime
            extension.mirror: runtime.config runtime.health kafka kafka.records runtime
            extension.worker: runtime.config kafka runtime.shutdown
            completeness: runtime.config runtime.http kafka kafka.client kafka.targets kafka.records runtime
            landing.format: runtime.config format
            landing.files: hdfs kafka kafka.records landing.format
            landing: runtime.config runtime.health runtime.telemetry hdfs kafka kafka.client kafka.targets kafka.topics kafka.deadletter runtime landing.format landing.files
            landing.audit: runtime.config hdfs kafka.client kafka.records runtime management landing.format landing.files landing
            landing.compaction: hdfs kafka kafka.records landing.format landing.files landing
            indexing.client: runtime.config
            indexing.document: format kafka kafka.records
            indexing.bulk: runtime.config kafka indexing.client indexing.document
            indexing.setup: runtime.config runtime.health kafka kafka.topics indexing.client indexing.document
            indexing: runtime.config runtime.health runtime.telemetry kafka kafka.client kafka.targets kafka.topics kafka.records kafka.deadletter runtime management indexing.client indexing.document indexing.bulk indexing.setup
            indexing.rebuild: runtime.config kafka.topics kafka.records kafka.deadletter indexing.client indexing.document indexing.bulk indexing.setup
            streams.expression: format kafka
            streams.definition: runtime.config streams.expression
            streams.parser: runtime.config streams.expression streams.definition
            streams.topology: runtime.config format kafka kafka.records kafka.deadletter kafka.streams streams.expression streams.definition
            streams: runtime.config runtime.health kafka kafka.client kafka.topics kafka.deadletter runtime kafka.streams runtime.reload streams.definition streams.parser streams.topology
            cli: runtime.config runtime.telemetry runtime.http hdfs kafka kafka.partitions kafka.client kafka.groups kafka.targets kafka.topics kafka.records kafka.deadletter runtime kafka.streams ingest.auth ingest.registry ingest.send ingest.receipts management.access management.lag completeness extension.cards extension.mirror extension.worker landing.files landing landing.audit landing.compaction indexing.client indexing indexing.rebuild streams.topology streams
            """.lines().map(Row::parse).toList();

    /** An import or a qualified name of a class in a package below the root. */
    private static final Pattern REFERENCE = Pattern.compile("\\b(io\\.wadi(?:\\.[a-z]\\w*)+)\\.[A-Z]\\w*");

    /** A package, named relative to the root, and the packages that it may depend on. */
    private record Row(String name, List<String> allowed) {
        static Row parse(String line) {
            String[] words = line.split(":? ");
            return new Row(words[0].replace(":", ""), List.of(words).subList(1, words.length));
        }

        boolean covers(String packageName) {
            return (packageName + ".").startsWith(ROOT + "." + name + ".");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** The row of each package, computed once: rules look rows up for each dependency of each class. */
    private static final Map<String, Optional<String>> ROWS = new ConcurrentHashMap<>();

    private static final JavaClasses MAIN = new ClassFileImporter()
            .importUrl(Wadi.class.getProtectionDomain().getCodeSource().getLocation());

    /** The local code, including the tests in the same packages. */
    private static final JavaClasses LOCAL = new ClassFileImporter().importPackagesOf(Up.class);

    static List<Row> table() {
        return TABLE;
    }

    @ParameterizedTest
    @MethodSource("table")
    void package_dependsOnlyOnAllowedPackages(Row row) {
        List<String> seen =
                Stream.concat(Stream.of(row.name()), row.allowed().stream()).toList();

        noClasses()
                .that(areOf(List.of(row.name())))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(areOf(seen))))
                .because("capabilities meet in features, in routes and in commands only")
                .check(MAIN);
    }

    /** Classes that only a comment refers to are not in the bytecode. */
    @ParameterizedTest
    @MethodSource("table")
    void comments_referOnlyToAllowedPackages(Row row) throws IOException {
        for (JavaClass type : MAIN) {
            Path source = Path.of("src/main/java", type.getName().replace('.', '/') + ".java");
            if (!rowOf(type.getPackageName()).equals(Optional.of(row.name())) || !Files.exists(source)) {
                continue;
            }
            assertThat(REFERENCE.matcher(Files.readString(source)).results())
                    .allSatisfy(reference -> assertThat(rowOf(reference.group(1)))
                            .as("%s refers to %s", source, reference.group())
                            .hasValueSatisfying(to -> assertThat(to.equals(row.name())
                                            || row.allowed().contains(to))
                                    .isTrue()));
        }
    }

    @Test
    void table_rowsReferOnlyToEarlierRows() {
        List<String> above = new ArrayList<>();
        for (Row row : TABLE) {
            assertThat(above).as(row.name()).containsAll(row.allowed());
            above.add(row.name());
        }
    }

    @Test
    void table_coversEachPackage() {
        assertThat(MAIN.stream()
                        .map(JavaClass::getPackageName)
                        .filter(name -> !name.equals(ROOT))
                        .filter(name -> rowOf(name).isEmpty())
                        .distinct())
                .isEmpty();
    }

    private static DescribedPredicate<JavaClass> areOf(List<String> rows) {
        return DescribedPredicate.describe(
                "are of " + String.join(", ", rows),
                type -> rowOf(type.getPackageName()).filter(rows::contains).isPresent());
    }

    /** Returns the most specific row that covers the package. */
    private static Optional<String> rowOf(String packageName) {
        return ROWS.computeIfAbsent(
                packageName,
                name -> TABLE.stream()
                        .filter(row -> row.covers(name))
                        .map(Row::name)
                        .max(Comparator.comparingInt(String::length)));
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("io.wadi.(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void packagesAndClasses_areSmall() throws IOException {
        Map<Path, Integer> classes = new TreeMap<>();
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            for (Path source : sources.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .toList()) {
                classes.merge(source.getParent(), 1, Integer::sum);
                assertThat(Files.readAllLines(source)).as(source.toString()).hasSizeLessThanOrEqualTo(LARGEST_CLASS);
            }
        }

        assertThat(classes)
                .allSatisfy((directory, count) -> assertThat(count)
                        .as(directory.toString())
                        .isLessThanOrEqualTo(directory.endsWith("wadi") ? LARGEST_ROOT : LARGEST_PACKAGE));
    }

    @Test
    void rootPackage_doesNotDependOnCapabilities() {
        noClasses()
                .that()
                .resideInAPackage(ROOT)
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..")
                        .and(not(areOf(List.of(
                                "cli",
                                "kafka",
                                "kafka.client",
                                "runtime",
                                "runtime.config",
                                "runtime.health",
                                "runtime.reload",
                                "runtime.shutdown"))))
                        .and(not(JavaClass.Predicates.resideInAPackage(ROOT))))
                .because("features are found by ServiceLoader")
                .check(MAIN);
    }

    @Test
    void localCode_doesNotDependOnTestClasses() {
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
    void mainCode_printsOnlyFromTheRootPackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT)
                .should(ACCESS_STANDARD_STREAMS)
                .check(MAIN);
    }

    @Test
    void rateLimits_doNotDependOnTheSystemsTime() {
        noClasses()
                .should()
                .accessField(TimeMeter.class, "SYSTEM_MILLISECONDS")
                .because("a bucket is not refilled before a time that was set back is reached again")
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
