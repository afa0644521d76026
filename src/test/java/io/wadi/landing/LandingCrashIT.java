package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.landing.FaultPoint.Operation;
import io.wadi.local.ChildJvm;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.SteadyLoad;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.GroupType;
import org.junit.jupiter.api.Test;

/**
 * Landing processes that are killed and frozen at every step of the protocol under steady load. The oracle: every
 * record is in the visible files once, and these cover every offset without a gap or an overlap.
 */
class LandingCrashIT {
    private static final int PARTITIONS = 3;
    private static final Duration LONG = ChildJvm.START_TIMEOUT;
    private static final List<Operation> OPERATIONS = List.copyOf(EnumSet.range(Operation.RAISE, Operation.COMMIT));

    /** Long enough that a file takes several writes. */
    private static final String PADDING = ",\"padding\":\"" + "x".repeat(2_000) + "\"}";

    private static final long SEED = Long.getLong("test.seed", 20261120);

    /**
     * Kills after a rename and after the creation of the owner directory. The nightly lane kills at every step; {@link
     * LandingModelTest} checks every state of the protocol.
     */
    @Test
    void processesKilledAfterARenameAndAFence_eachRecordIsLandedOnce() throws Exception {
        kill(
                "landing-kills",
                List.of(new FaultPoint(Operation.RENAME, false, 2), new FaultPoint(Operation.RAISE, false, 1)));
    }

    @Test
    @Nightly(
            perChange = {
                "LandingCrashIT#processesKilledAfterARenameAndAFence_eachRecordIsLandedOnce",
                "PartitionLanderRandomTest",
                "LandingModelTest#protocol_holdsInEveryState"
            })
    void manyProcessesKilledAtEachStep_eachRecordIsLandedOnce() throws Exception {
        kill("landing-many-kills", points(Integer.getInteger("test.kills", 200), new Random(SEED)));
    }

    /** The protocol of KIP-848. */
    @Test
    @Nightly(
            perChange = {
                "LandingCrashIT#processesKilledAfterARenameAndAFence_eachRecordIsLandedOnce",
                "PartitionLanderRandomTest"
            })
    void underTheConsumerProtocol_processKilled_eachRecordIsLandedOnce() throws Exception {
        String killed = "landing-kills-consumer-protocol";
        GroupProbe.shortSessions(killed);
        kill(killed, List.of(new FaultPoint(Operation.RENAME, true, 3)), RouteProcess.CONSUMER_PROTOCOL);
        assertThat(GroupProbe.type(killed)).isEqualTo(GroupType.CONSUMER);
    }

    /** Frozen until the session times out. */
    @Test
    @Nightly(perChange = {"PartitionLanderRandomTest", "HdfsFileStoreIT#create_inAMissingDirectory_throws"})
    void underTheConsumerProtocol_processFrozen_eachRecordIsLandedOnce() throws Exception {
        String frozen = "landing-zombies-consumer-protocol";
        TopicProbe.create(frozen, PARTITIONS);
        GroupProbe.shortSessions(frozen);
        freezeAt(frozen, List.of(new FaultPoint(Operation.RENAME, true, 3)), RouteProcess.CONSUMER_PROTOCOL);
        assertThat(GroupProbe.type(frozen)).isEqualTo(GroupType.CONSUMER);
    }

    private static void kill(String topic, List<FaultPoint> points, String... options) throws Exception {
        TopicProbe.create(topic, PARTITIONS);
        try (SteadyLoad load = load(topic)) {
            for (FaultPoint point : points) {
                try (LandingProcess process = LandingProcess.start(topic, point, fastRotation(options))) {
                    process.awaitPoint();
                    process.kill();
                }
            }
            load.stop();
            // The killed processes landed little: the longer they ran, the larger the backlog.
            try (LandingProcess last = LandingProcess.start(topic, null, fastRotation(options))) {
                finish(topic, load.sent(), LONG.plusSeconds(3L * points.size()), last);
            }
        }
        assertLandedOnce(topic);
    }

    @Test
    void processesFrozenDuringAFailover_publishNothingAfterwards() throws Exception {
        String topic = "landing-zombies";
        TopicProbe.create(topic, PARTITIONS);
        freezeAt(topic, List.of(new FaultPoint(Operation.RENAME, true, 3)));
    }

    @Test
    @Nightly(
            perChange = {
                "PartitionLanderRandomTest",
                "LandingModelTest#protocol_holdsInEveryState",
                "HdfsFileStoreIT#create_inAMissingDirectory_throws"
            })
    void processesFrozenAtEachStep_publishNothingAfterwards() throws Exception {
        String topic = "landing-zombies-everywhere";
        TopicProbe.create(topic, PARTITIONS);
        List<FaultPoint> points = new ArrayList<>();
        for (Operation operation : OPERATIONS) {
            // A single process finds no other owner's directory to delete. A commit has no point before it.
            if (operation != Operation.DELETE) {
                points.add(new FaultPoint(operation, operation != Operation.COMMIT, 2));
                points.add(new FaultPoint(operation, false, 2));
            }
        }
        freezeAt(topic, points);
    }

    private static void freezeAt(String topic, List<FaultPoint> points, String... options) throws Exception {
        try (SteadyLoad load = load(topic)) {
            for (int i = 0; i < points.size(); i++) {
                FaultPoint point = points.get(i);
                try (LandingProcess zombie = LandingProcess.start(topic, point, fastRotation(options))) {
                    zombie.awaitPoint();
                    zombie.freeze();
                    long before = HdfsProbe.coveredOffsets("/" + topic, topic);
                    try (LandingProcess next = LandingProcess.start(topic, null, fastRotation(options))) {
                        await().atMost(LONG).until(() -> HdfsProbe.coveredOffsets("/" + topic, topic) > before + 300);
                        zombie.thaw();
                        long then = HdfsProbe.coveredOffsets("/" + topic, topic);
                        await().atMost(LONG).until(() -> HdfsProbe.coveredOffsets("/" + topic, topic) > then + 300);
                        // Exit code 2: it could not complete its batch, which the next owner has taken over.
                        assertThat(zombie.stop()).isIn(0, 2);
                        if (i < points.size() - 1) {
                            assertThat(next.stop()).isZero();
                        } else {
                            load.stop();
                            finish(topic, load.sent(), LONG, next);
                        }
                    }
                }
            }
        }
        assertLandedOnce(topic);
    }

    /** Each pair joins an empty group; for a while, both members act as the owner. */
    @Test
    @Nightly(perChange = {"PartitionLanderRandomTest", "LandingModelTest#protocol_holdsInEveryState"})
    void twoProcessesStartedTogether_eachRecordIsLandedOnce() throws Exception {
        String topic = "landing-twins";
        TopicProbe.create(topic, PARTITIONS);
        try (SteadyLoad load = load(topic)) {
            for (int pair = 0; pair < 3; pair++) {
                long before = HdfsProbe.coveredOffsets("/" + topic, topic);
                try (LandingProcess one = LandingProcess.start(topic, null, fastRotation());
                        LandingProcess two = LandingProcess.start(topic, null, fastRotation())) {
                    await().atMost(LONG).until(() -> HdfsProbe.coveredOffsets("/" + topic, topic) > before + 300);
                    one.kill();
                    two.kill();
                }
            }
            load.stop();
            try (LandingProcess last = LandingProcess.start(topic, null, fastRotation())) {
                finish(topic, load.sent(), LONG, last);
            }
        }
        assertLandedOnce(topic);
    }

    /** Returns the points before and after each operation, filled up with random ones, in random order. */
    private static List<FaultPoint> points(int kills, Random random) {
        List<FaultPoint> points = new ArrayList<>();
        for (Operation operation : OPERATIONS) {
            points.add(new FaultPoint(operation, operation != Operation.COMMIT, call(operation, random)));
            points.add(new FaultPoint(operation, false, call(operation, random)));
        }
        while (points.size() < kills) {
            Operation operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
            boolean before = operation != Operation.COMMIT && random.nextBoolean();
            points.add(new FaultPoint(operation, before, call(operation, random)));
        }
        Collections.shuffle(points, random);
        // DELETE is only called if an earlier process left its owner directory behind.
        points.add(0, new FaultPoint(Operation.RENAME, true, 3));
        return points;
    }

    /** Returns the number of a call that every process reaches, whatever the previous process left behind. */
    private static int call(Operation operation, Random random) {
        return 1
                + switch (operation) {
                    case DELETE -> 0;
                    case WRITE -> random.nextInt(30);
                    default -> random.nextInt(5);
                };
    }

    private static String[] fastRotation(String... options) {
        return Stream.concat(
                        Stream.of(
                                "-Dwadi.landing.max-poll-records=300",
                                "-Dwadi.landing.roll-records=100",
                                "-Dwadi.landing.roll-interval=1s"),
                        Stream.of(options))
                .toArray(String[]::new);
    }

    /** Waits until a running process has landed all records, and stops it. */
    private static void finish(String topic, int sent, Duration timeout, LandingProcess last) throws Exception {
        await().atMost(timeout).until(() -> HdfsProbe.coveredOffsets("/" + topic, topic) >= sent);
        assertThat(last.stop()).isZero();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(HdfsProbe.list("/" + topic + "/_tmp/" + topic + "/" + partition))
                    .isEmpty();
        }
    }

    /** Asserts that each partition's files have contiguous ranges and contain the values in Kafka, in order. */
    private static void assertLandedOnce(String topic) throws Exception {
        List<List<Integer>> sent = numbers();
        KafkaProbe.forEach(topic, given -> sent.get(given.partition()).add(number(new String(given.value(), UTF_8))));
        List<List<Integer>> landed = numbers();
        long[] next = new long[PARTITIONS];
        HdfsProbe.forEach("/" + topic, topic, file -> {
            assertThat(file.first())
                    .as("seed %d, partition %d", SEED, file.partition())
                    .isEqualTo(next[file.partition()]);
            next[file.partition()] = file.last() + 1;
            file.lines().forEach(line -> landed.get(file.partition()).add(number(line)));
        });
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(landed.get(partition))
                    .as("seed %d, partition %d", SEED, partition)
                    .isEqualTo(sent.get(partition));
        }
        System.out.printf(
                "%s: %d records landed once%n",
                topic, landed.stream().mapToInt(List::size).sum());
    }

    private static List<List<Integer>> numbers() {
        return Stream.generate(() -> (List<Integer>) new ArrayList<Integer>())
                .limit(PARTITIONS)
                .toList();
    }

    private static SteadyLoad load(String topic) throws Exception {
        return SteadyLoad.start(topic, PARTITIONS, LandingCrashIT::value);
    }

    private static String value(int number) {
        return "{\"number\":" + number + PADDING;
    }

    /** Returns the number in a value; fails unless the value is complete. */
    private static int number(String value) {
        int number = Integer.parseInt(value.substring(value.indexOf(':') + 1, value.indexOf(',')));
        assertThat(value).isEqualTo(value(number));
        return number;
    }
}
