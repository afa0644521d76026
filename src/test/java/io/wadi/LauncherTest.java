package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.cli.Cli;
import io.wadi.runtime.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Builds by {@code ./wadi} before it runs a command. The project is a small one; scripts take the place of Java and
 * Maven.
 */
final class LauncherTest {
    private static final String BUILT = "mvn -B -q -DskipTests package";

    @TempDir
    private Path directory;

    private Path home;
    private Path elsewhere;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void makeBuiltProject() throws Exception {
        home = Files.createDirectory(directory.resolve("home")).toRealPath();
        elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        script(home.resolve("wadi"), Files.readString(Path.of("wadi")));
        script(
                directory.resolve("bin/java"),
                "#!/bin/sh\ncase $1 in -version) echo 'openjdk version \"17.0.1\"' >&2 ;; esac\n");
        script(directory.resolve("bin/javac"), "#!/bin/sh\n");
        // The output that the launcher expects from a build.
        script(directory.resolve("bin/mvn"), "#!/bin/sh\necho \"mvn $*\" >> ../built\ntouch target/wadi.jar\n");
        for (String file : List.of("pom.xml", "src/A.java", "routes/a.camel.yaml", "alerts.yaml", "jvm.options")) {
            touch(file, Instant.now().minusSeconds(100));
        }
        for (String file :
                List.of("target/wadi.jar", "target/test.classpath", "target/wadi.built", "target/bench.built")) {
            touch(file, Instant.now());
        }
        touch("target/test-classes/io/wadi/bench/Bench.class", Instant.now());
        Files.createDirectories(home.resolve("target/elasticsearch"));
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void touch(String file, Instant time) throws IOException {
        Path path = home.resolve(file);
        Files.createDirectories(path.getParent());
        if (Files.notExists(path)) {
            Files.createFile(path);
        }
        Files.setLastModifiedTime(path, FileTime.from(time));
    }

    @Test
    void withoutEdits_nothingIsBuilt() throws Exception {
        assertThat(wadi(elsewhere, "run")).isEmpty();
        assertThat(wadi(home, "bench", "landing")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"run", "topics", "up", "bench"})
    void editedCode_isBuilt(String command) throws Exception {
        touch("src/A.java", Instant.now());

        assertThat(wadi(home, command)).first().asString().startsWith("mvn -B -q -DskipTests");
    }

    @ParameterizedTest
    @CsvSource({"routes/a.camel.yaml", "alerts.yaml"})
    void editedConfiguration_needsNoBuild(String file) throws Exception {
        touch(file, Instant.now());

        assertThat(wadi(home, "run")).isEmpty();
        assertThat(wadi(home, "topics")).isEmpty();
        assertThat(wadi(elsewhere, "up")).isEmpty();
        assertThat(wadi(elsewhere, "kafka", "topics")).isEmpty();
    }

    /** Concurrent builds would write to the same directory. */
    @Test
    void secondLauncher_waitsForTheBuildOfTheFirst() throws Exception {
        Path go = directory.resolve("go");
        script(
                directory.resolve("bin/mvn"),
                "#!/bin/sh\necho \"mvn $*\" >> ../built\nuntil [ -e %s ]; do sleep 0.1; done\ntouch target/wadi.jar\n"
                        .formatted(go));
        touch("src/A.java", Instant.now());
        Path built = directory.resolve("built");
        Process first = start(home, "topics");
        Process second;
        try {
            Awaitility.await().until(() -> Files.exists(built));
            second = start(home, "lag");
            Awaitility.await()
                    .until(() -> Files.readAllLines(built).size() > 1
                            || second.descendants()
                                    .anyMatch(each ->
                                            each.info().command().orElse("").endsWith("/flock")));
        } finally {
            // The build of the first would otherwise not end.
            Files.createFile(go);
        }

        assertThat(first.waitFor()).isZero();
        assertThat(second.waitFor()).isZero();
        assertThat(built).hasContent(BUILT);
    }

    /** In another directory, or with another configuration, Wadi reads the jar's copy of the file. */
    @Test
    void editedConfiguration_thatIsReadFromTheJar_isBuilt() throws Exception {
        touch("routes/a.camel.yaml", Instant.now());

        assertThat(wadi(elsewhere, "run")).containsExactly(BUILT);
        touch("routes/a.camel.yaml", Instant.now());
        assertThat(wadi(home, "run", "--config", elsewhere.toString())).containsExactly(BUILT);
        touch("routes/a.camel.yaml", Instant.now());
        assertThat(wadi(home, "bench", "landing"))
                .first()
                .asString()
                .isEqualTo("mvn -B -q -DskipTests -Pbench package");
    }

    /** The process has the arguments of {@code ./wadi run} or {@code ./wadi up}. */
    @ParameterizedTest
    @CsvSource({
        "-jar, wadi.jar, topics, The sources have changed since the last build, mvn -B -q -DskipTests package",
        "-cp, test-classes:and-others, topics, The sources have changed since the last build, mvn -B -q -DskipTests package",
        "-jar, wadi.jar, test, The tests replace the last build, mvn -B verify",
        "-cp, test-classes:and-others, test ATest, The tests replace the last build, mvn -B test"
    })
    void filesThatAProcessUses_areNotReplaced(String option, String file, String command, String reason, String build)
            throws Exception {
        String[] words = command.split(" ");
        script(directory.resolve("bin/sleeper"), "#!/bin/sh\nread -r _\n");
        Process running = new ProcessBuilder(
                        directory.resolve("bin/sleeper").toString(),
                        option,
                        home.resolve("target").resolve(file).toString())
                .start();
        try {
            assertThat(wadi(home, "topics")).isEmpty();
            touch("src/test/java/ATest.java", Instant.now());

            assertThat(launch(home, words)).isEqualTo(1);
            assertThat(directory.resolve("output"))
                    .hasContent("%s, and process %d runs from that: stop it, then try again."
                            .formatted(reason, running.pid()));
            assertThat(directory.resolve("built")).doesNotExist();
        } finally {
            running.destroyForcibly().waitFor();
        }
        assertThat(wadi(home, words)).singleElement().asString().startsWith(build);
    }

    @ParameterizedTest
    @CsvSource({
        "tpics, did you mean ./wadi topics?",
        "compleet, did you mean ./wadi complete?",
        "metrics, see ./wadi help.",
        "a\\b, see ./wadi help."
    })
    void unknownCommand_isReportedWithTheNearestOne(String command, String hint) throws Exception {
        assertThat(launch(elsewhere, command)).isEqualTo(ExitCode.USAGE.number());
        assertThat(directory.resolve("output")).hasContent("There is no command \"%s\": %s\n".formatted(command, hint));
    }

    /** A JVM ignores the archive of another one, and the start would stay slow until the next build. */
    @Test
    void classDataArchive_isOfTheSameJvm() throws Exception {
        String first = classDataOption("17.0.1");
        assertThat(first).startsWith("-XX:ArchiveClassesAtExit=");
        Path archive = Path.of(first.substring(first.indexOf('=') + 1));
        touch(home.relativize(archive).toString(), Instant.now().plusSeconds(1));

        assertThat(classDataOption("17.0.1")).isEqualTo("-XX:SharedArchiveFile=" + archive);
        assertThat(classDataOption("17.0.2"))
                .startsWith("-XX:ArchiveClassesAtExit=")
                .isNotEqualTo(first);
    }

    /** Returns the option of {@code ./wadi run} for class data, with a JVM of this version. */
    private String classDataOption(String version) throws Exception {
        script(directory.resolve("bin/java"), """
                #!/bin/sh
                case $1 in
                  -version) echo 'openjdk version "%s"' >&2 ;;
                  *) printf '%%s\\n' "$@" ;;
                esac
                """.formatted(version));
        assertThat(launch(home, "run")).isZero();
        return Files.readAllLines(directory.resolve("output")).stream()
                .filter(each -> each.matches("-XX:(ArchiveClassesAtExit|SharedArchiveFile)=.*"))
                .findFirst()
                .orElseThrow();
    }

    /** They would override those of Wadi's processes, but not those of its peers. */
    @Test
    void settingsInTheEnvironment_doNotApplyToBenchmarks() throws Exception {
        script(directory.resolve("bin/java"), """
                #!/bin/sh
                case $1 in
                  -version) echo 'openjdk version "17.0.1"' >&2 ;;
                  *) printf '%s\\n' "$@"; env ;;
                esac
                """);
        environment.putAll(Map.of(
                "WADI_KAFKA_BROKERS", "kafka:9092",
                "CAMEL_COMPONENT_KAFKA_ACKS", "all",
                "HADOOP_CONF_DIR", "/etc/hadoop",
                "WADI_BENCH_JAVA", "-XX:+UseSerialGC"));

        assertThat(launch(home, "bench", "landing")).isZero();

        assertThat(Files.readAllLines(directory.resolve("output")))
                .contains("-Dbench.java=-XX:+UseSerialGC")
                .noneMatch(line -> line.matches("(WADI_|CAMEL_|HADOOP_).*"));
        assertThat(launch(home, "run")).isZero();
        assertThat(Files.readAllLines(directory.resolve("output"))).contains("WADI_KAFKA_BROKERS=kafka:9092");
    }

    @Test
    void testOfTwoClasses_isRejected() throws Exception {
        assertThat(launch(home, "test", "OneTest", "--all", "OtherTest")).isEqualTo(1);
        assertThat(directory.resolve("output"))
                .hasContent("./wadi test runs one class, and got OneTest and OtherTest: expected one name, or none for"
                        + " all classes.");
    }

    @ParameterizedTest
    @CsvSource({"ATest, test", "ATest#itWorks, test", "ATest#ofAnIT, test", "AnIT, verify", "AnIT#itWorks, verify"})
    void testOfOneClass_runsInItsLane(String test, String phase) throws Exception {
        touch("src/test/java/ATest.java", Instant.now());
        touch("src/test/java/AnIT.java", Instant.now());

        assertThat(wadi(home, "test", test)).singleElement().asString().startsWith("mvn -B " + phase + " ");
    }

    @Test
    void reportsOfTests_areReadInADirectoryWithSpaces() throws Exception {
        home = Files.move(home, directory.resolve("home of wadi"));
        script(directory.resolve("bin/mvn"), """
                #!/bin/sh
                mkdir -p target/surefire-reports
                echo '<testsuite name="io.wadi.ATest" time="1.5" tests="1">' >target/surefire-reports/TEST-io.wadi.ATest.xml
                """);

        assertThat(launch(home, "test")).isZero();
        assertThat(Files.readString(directory.resolve("output"))).contains("1.5 io.wadi.ATest");
    }

    @Test
    void help_describesEachCommandOfTheJar() throws Exception {
        assertThat(launch(elsewhere, "help")).isZero();

        String help = Files.readString(directory.resolve("output"));
        assertThat(Cli.COMMANDS)
                .allSatisfy(name -> assertThat(help).containsPattern("(?m)^  (\\S+, )?" + name + "\\b"));
    }

    /** Runs a command and returns the calls of Maven. */
    private List<String> wadi(Path where, String... words) throws Exception {
        int code = launch(where, words);
        assertThat(code).as(Files.readString(directory.resolve("output"))).isZero();
        Path built = directory.resolve("built");
        return Files.exists(built) ? Files.readAllLines(built, UTF_8) : List.of();
    }

    private int launch(Path where, String... words) throws Exception {
        Files.deleteIfExists(directory.resolve("built"));
        Process process = start(where, words);
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return process.exitValue();
    }

    private Process start(Path where, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(home.resolve("wadi").toString()));
        command.addAll(List.of(words));
        ProcessBuilder launcher = new ProcessBuilder(command).directory(where.toFile());
        launcher.environment().putAll(environment);
        launcher.environment().put("JAVA_HOME", directory.toString());
        launcher.environment().merge("PATH", directory.resolve("bin").toString(), (old, bin) -> bin + ":" + old);
        return launcher.redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }
}
