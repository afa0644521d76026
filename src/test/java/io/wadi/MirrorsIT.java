package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.testing.Cluster;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.MirrorProcess;
import io.wadi.testing.Nightly;
import io.wadi.testing.Rounds;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of docker/mirror with real clusters and MirrorMaker processes, which are killed with SIGKILL. */
@Nightly(perChange = {"MirrorFileTest", "MirrorReportTest", "UncopiedRecordsTest"})
class MirrorsIT {
    private static final Logger LOG = LoggerFactory.getLogger(MirrorsIT.class);
    private static final Duration SOON = ChildJvm.START_TIMEOUT;
    private static final String TOPIC = "weather.seoul";

    @TempDir
    private Path directory;

    private Cluster cluster(String name) throws IOException {
        return Cluster.start(Files.createDirectories(directory.resolve(name)));
    }

    private Path file(String name, Map<String, Cluster> clusters) throws IOException {
        return MirrorProcess.file(name, clusters, directory);
    }

    private MirrorProcess mirror(Path file) throws IOException {
        return MirrorProcess.start(file, directory.resolve("mirror"), Map.of());
    }

    private static CommandProcess command(String... words) {
        return TestedCommand.run(
                Stream.concat(Stream.of("mirror"), Stream.of(words)).toArray(String[]::new));
    }

    /** Returns each number once, by partition in the order of sending. */
    private static Map<Integer, List<Integer>> numbers(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.groupingBy(number -> number % 3));
    }

    private static void awaitCopied(Cluster target, String topic, int count) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(500)).until(() -> target.count(topic) >= count);
        assertThat(target.numbers(topic)).isEqualTo(numbers(count));
    }

    @Test
    void oneWay_mirrorMakerKilledRepeatedly_copiesEachRecordOnce_andReportsLag() throws Exception {
        try (Cluster a = cluster("A");
                Cluster b = cluster("B")) {
            Path file = file("one-way", Map.of("A", a, "B", b));
            a.createTopic(TOPIC);
            int sent = 0;
            for (int round = 0; round < Rounds.of(1, 6); round++) {
                try (MirrorProcess mirror = mirror(file)) {
                    a.send(TOPIC, sent, 20_000);
                    sent += 20_000;
                    int before = sent - 20_000;
                    await().atMost(SOON)
                            .untilAsserted(() -> assertThat(b.count("A." + TOPIC))
                                    .as("records in B; %s%n%s", mirror.output(), mirror.log())
                                    .isGreaterThan(before));
                    mirror.kill();
                }
                a.send(TOPIC, sent, 1_000);
                sent += 1_000;
            }
            CommandProcess behind = command("status", file.toString());
            assertThat(behind.out()).contains("  " + TOPIC + ": ").contains(" records not copied, the first for ");

            try (MirrorProcess mirror = mirror(file)) {
                awaitCopied(b, "A." + TOPIC, sent);
                await().atMost(SOON)
                        .untilAsserted(
                                () -> assertThat(command("status", file.toString())
                                                .out())
                                        .matches(
                                                "A->B: 4 partitions, .*; last heartbeat \\d\\.\\d s ago\n(  heartbeats: .*\n)?"));
                assertThat(mirror.output()).contains("A->B: ");
            }
        }
    }

    @Test
    void failedTask_isPrinted_untilTheRestart() throws Exception {
        try (Cluster a = cluster("A");
                Cluster b = cluster("B")) {
            Path file = file("one-way", Map.of("A", a, "B", b));
            Files.writeString(file, "\nB.producer.max.request.size = 60\n", StandardOpenOption.APPEND);
            a.createTopic(TOPIC);
            a.send(TOPIC, 0, 1);
            try (MirrorProcess mirror = mirror(file)) {
                await().atMost(SOON).until(() -> mirror.output().contains("A->B: MirrorSourceConnector task 0 failed"));
                assertThat(mirror.output()).contains("RecordTooLargeException: ");
            }
            try (MirrorProcess restarted = mirror(file("one-way", Map.of("A", a, "B", b)))) {
                await().atMost(SOON).until(() -> b.count("A." + TOPIC) == 1);
                assertThat(restarted.output()).doesNotContain(" failed");
            }
        }
    }

    @Test
    void activeStandby_groupsResumeAtTheStandby_withoutLoss() throws Exception {
        Cluster a = cluster("A");
        try (a;
                Cluster b = cluster("B")) {
            Path file = file("active-standby", Map.of("A", a, "B", b));
            a.createTopic(TOPIC);
            List<Integer> read = new ArrayList<>();
            try (MirrorProcess mirror = mirror(file)) {
                a.send(TOPIC, 0, 6_000);
                read.addAll(a.consume("billing", TOPIC, 1_000));
                awaitCopied(b, TOPIC, 6_000);
                read.addAll(a.consume("billing", TOPIC, 500));
                await().atMost(SOON).until(() -> b.committed("billing").size() == 3);
                assertThat(mirror.output()).doesNotContain("Request to ");
            }
            CommandProcess withSource = command("failover", file.toString(), "--from", "A", "--to", "B");
            int fewer = recordsReadAgain(withSource.out());
            assertThat(fewer).isBetween(0, 3 * 1_500 + 3);
            a.broker().kill();

            CommandProcess shown = command("failover", file.toString(), "--from", "A", "--to", "B");
            assertThat(shown.err()).isEmpty();
            assertThat(shown.code()).isZero();
            assertThat(shown.out()).startsWith("Request to A at " + a.brokers() + " failed: ");
            CommandProcess done = command("failover", file.toString(), "--from", "A", "--to", "B", "--apply");
            assertThat(done.code()).isZero();
            int most = recordsReadAgain(done.out());

            List<Integer> onStandby = b.consume("billing", TOPIC, Integer.MAX_VALUE);
            List<Integer> all = new ArrayList<>(read);
            all.addAll(onStandby);
            assertThat(new TreeSet<>(all))
                    .isEqualTo(IntStream.range(0, 6_000).boxed().collect(Collectors.toCollection(TreeSet::new)));
            // Records that A's group had read after the translated offset are read again.
            assertThat(all.size() - 6_000).isBetween(0, Math.min(most, fewer));
            CommandProcess again =
                    command("failover", file.toString(), "--from", "A", "--to", "B", "--group", "billing");
            assertThat(again.out()).contains("stays at ").contains(" ahead of its offset from A");
            assertThat(command("failover", file.toString(), "--from", "A", "--to", "B", "--group", "nobody")
                            .err())
                    .contains("Unknown group \"nobody\": it has no offsets for topics of A->B");
        }
    }

    /** Landing of A and then of B, with B's offsets, in separate directories. */
    @Test
    void activeStandby_landingResumesAtTheStandby_withoutLoss() throws Exception {
        String group = "standby-drill";
        Cluster a = cluster("A");
        try (a;
                Cluster b = cluster("B")) {
            Path file = file("active-standby", Map.of("A", a, "B", b));
            a.createTopic(TOPIC);
            try (MirrorProcess mirror = mirror(file);
                    RouteProcess landing = landing(a, group, "/standby-drill-a")) {
                for (int thousand = 0; thousand < 6; thousand++) {
                    a.send(TOPIC, thousand * 1_000, 1_000);
                    int sent = (thousand + 1) * 1_000;
                    await("landed at A, see " + landing.log())
                            .atMost(SOON)
                            .until(() -> HdfsProbe.coveredOffsets("/standby-drill-a", TOPIC) >= sent);
                }
                awaitCopied(b, TOPIC, 6_000);
                await().atMost(SOON).until(() -> b.committed(group).size() == 3);
                a.send(TOPIC, 6_000, 3_000);
                awaitCopied(b, TOPIC, 9_000);
                landing.kill();
                a.broker().kill();
            }
            CommandProcess done =
                    command("failover", file.toString(), "--from", "A", "--to", "B", "--group", group, "--apply");
            assertThat(done.err()).isEmpty();
            assertThat(done.code()).isZero();
            int most = recordsReadAgain(done.out());

            try (RouteProcess landing = landing(b, group, "/standby-drill-b")) {
                b.send(TOPIC, 9_000, 3_000);
                List<Integer> atA = landed("/standby-drill-a");
                await("landed at B, see " + landing.log())
                        .atMost(SOON)
                        .untilAsserted(() -> assertThat(union(atA, landed("/standby-drill-b")))
                                .isEqualTo(IntStream.range(0, 12_000)
                                        .boxed()
                                        .collect(Collectors.toCollection(TreeSet::new))));
                List<Integer> atB = landed("/standby-drill-b");
                assertThat(atA).doesNotHaveDuplicates();
                assertThat(atB).doesNotHaveDuplicates();
                // Landed twice: records from the translated offset to A's commit, and those that A landed after it.
                assertThat(atA.size() + atB.size() - 12_000).isBetween(0, most + 3_000);
                LOG.info(
                        "{} records landed at A, {} at B, {} of them at both; reported before: at most {}",
                        atA.size(),
                        atB.size(),
                        atA.size() + atB.size() - 12_000,
                        most);
            }
        }
    }

    private static RouteProcess landing(Cluster cluster, String group, String directory) throws IOException {
        return RouteProcess.start(
                "landing",
                line -> {},
                List.of(
                        "-Dwadi.kafka.brokers=" + cluster.brokers(),
                        "-Dwadi.hdfs.uri=" + TestServers.shared().ports().hdfsUri(),
                        "-Dwadi.landing.topics=" + TOPIC,
                        "-Dwadi.landing.group=" + group,
                        "-Dwadi.landing.directory=" + directory,
                        "-Dwadi.landing.replication=1",
                        "-Dwadi.landing.roll-interval=1s"));
    }

    private static List<Integer> landed(String directory) throws IOException {
        return HdfsProbe.landed(directory, TOPIC).stream()
                .flatMap(each -> each.lines().stream())
                .map(Integer::valueOf)
                .toList();
    }

    private static Set<Integer> union(List<Integer> some, List<Integer> others) {
        Set<Integer> all = new TreeSet<>(some);
        all.addAll(others);
        return all;
    }

    private static int recordsReadAgain(String output) {
        return Integer.parseInt(output.replaceAll("(?s).*; at most (\\d+) records are read again.*", "$1"));
    }

    @Test
    void changedClusterOfAnAlias_andTwoAliasesOfOneCluster_areRejected() throws Exception {
        Cluster a = cluster("A");
        try (a;
                Cluster b = cluster("B")) {
            a.createTopic(TOPIC);
            Path file = file("one-way", Map.of("A", a, "B", b));
            // No heartbeat has arrived.
            assertThat(command("status", file.toString()).code()).isEqualTo(1);

            Path same = file("active-standby", Map.of("A", a, "B", a));
            assertThat(MirrorProcess.refused(same, directory.resolve("same"), Map.of()))
                    .contains("A at " + a.brokers() + " and B at " + a.brokers() + " are one cluster, ");
            try (Cluster other = cluster("other")) {
                Path moved = file("one-way", Map.of("A", other, "B", b));
                assertThat(MirrorProcess.refused(moved, directory.resolve("moved"), Map.of()))
                        .contains("A at " + other.brokers() + " is another cluster than before: ")
                        .contains("point A.bootstrap.servers at the former one again");
            }
            a.broker().kill();
            CommandProcess away = command("status", file.toString());
            assertThat(away.code()).isEqualTo(1);
            assertThat(away.out()).startsWith("A->B: unknown\n  Request to A at " + a.brokers() + " failed: ");
        }
    }

    @Test
    void standbyAheadOfItsSource_isReportedWithTheRemedy() throws Exception {
        try (Cluster a = cluster("A");
                Cluster b = cluster("B")) {
            Path file = file("one-way", Map.of("A", a, "B", b));
            a.createTopic(TOPIC);
            a.send(TOPIC, 0, 3_000);
            try (MirrorProcess mirror = mirror(file)) {
                awaitCopied(b, "A." + TOPIC, 3_000);
                await().atMost(SOON)
                        .until(() -> command("status", file.toString()).code() == 0);
                assertThat(mirror.output()).doesNotContain("is ahead of");
            }
            a.deleteTopic(TOPIC);
            a.createTopic(TOPIC);
            a.send(TOPIC, 0, 300);

            CommandProcess status = command("status", file.toString());
            assertThat(status.code()).isEqualTo(1);
            assertThat(status.out())
                    .containsPattern("B is ahead of A: " + TOPIC
                            + "-0 is copied up to offset \\d+, but its source ends at 100 now")
                    .contains("use another topic name, or another alias for A");
        }
    }

    @Test
    void activeActive_eachClusterHasAllRecords_withoutReplicationLoops() throws Exception {
        try (Cluster a = cluster("A");
                Cluster b = cluster("B")) {
            Path file = file("active-active", Map.of("A", a, "B", b));
            a.createTopic(TOPIC);
            b.createTopic(TOPIC);
            try (MirrorProcess mirror = mirror(file)) {
                a.send(TOPIC, 0, 3_000);
                b.send(TOPIC, 0, 6_000);
                awaitCopied(b, "A." + TOPIC, 3_000);
                awaitCopied(a, "B." + TOPIC, 6_000);
                a.send(TOPIC, 3_000, 3_000);
                awaitCopied(b, "A." + TOPIC, 6_000);
                assertThat(mirror.output()).contains("A->B: ", "B->A: ");
            }
            assertThat(a.numbers(TOPIC)).isEqualTo(numbers(6_000));
            assertThat(b.numbers(TOPIC)).isEqualTo(numbers(6_000));
            assertThat(a.topics()).doesNotContain("B.A." + TOPIC).contains("B." + TOPIC);
            assertThat(b.topics()).doesNotContain("A.B." + TOPIC).contains("A." + TOPIC);
        }
    }

    @Test
    void hubAndSpoke_hubHasAllRecords_andEachSpokeItsOwn() throws Exception {
        try (Cluster hub = cluster("hub");
                Cluster north = cluster("north");
                Cluster south = cluster("south");
                Cluster west = cluster("west")) {
            Map<String, Cluster> spokes = Map.of("north", north, "south", south, "west", west);
            Path file = file("hub-and-spoke", Map.of("hub", hub, "north", north, "south", south, "west", west));
            for (Cluster each : spokes.values()) {
                each.createTopic(TOPIC);
                each.send(TOPIC, 0, 3_000);
            }
            try (MirrorProcess mirror = mirror(file)) {
                spokes.keySet().forEach(name -> awaitCopied(hub, name + "." + TOPIC, 3_000));
                north.send(TOPIC, 3_000, 300);
                awaitCopied(hub, "north." + TOPIC, 3_300);
                assertThat(mirror.output()).contains("north->hub: ", "south->hub: ", "west->hub: ");
            }
            assertThat(south.topics()).noneMatch(name -> name.endsWith("." + TOPIC));
        }
    }

    @Test
    void fanOut_eachBranchHasAllRecordsOfTheHub_andItsOwn() throws Exception {
        try (Cluster hub = cluster("hub");
                Cluster north = cluster("north");
                Cluster south = cluster("south")) {
            Path file = file("fan-out", Map.of("hub", hub, "north", north, "south", south));
            hub.createTopic(TOPIC);
            hub.send(TOPIC, 0, 3_000);
            north.createTopic(TOPIC);
            north.send(TOPIC, 0, 300);
            try (MirrorProcess mirror = mirror(file)) {
                awaitCopied(north, "hub." + TOPIC, 3_000);
                awaitCopied(south, "hub." + TOPIC, 3_000);
                hub.send(TOPIC, 3_000, 300);
                awaitCopied(north, "hub." + TOPIC, 3_300);
                awaitCopied(south, "hub." + TOPIC, 3_300);
                assertThat(mirror.output()).contains("hub->north: ", "hub->south: ");
            }
            assertThat(north.numbers(TOPIC)).isEqualTo(numbers(300));
            assertThat(hub.numbers(TOPIC)).isEqualTo(numbers(3_300));
            assertThat(List.of(hub.topics(), south.topics()))
                    .allSatisfy(topics -> assertThat(topics).doesNotContain("north." + TOPIC));
        }
    }
}
