package io.wadi.landing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.completeness.ObservedTruth;
import io.wadi.landing.FaultPoint.Operation;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.SteadyLoad;
import io.wadi.testing.TopicProbe;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/**
 * Landing processes that are killed under steady load, and watermarks evaluated meanwhile. The oracle: when a watermark
 * is reported, every record that Kafka appended before it is in a visible file.
 */
@Nightly(perChange = {"TopicProgressTest", "ObservedEndOffsetsTest", "PartitionLanderRandomTest"})
class LandingCompletenessIT {
    private static final int PARTITIONS = 3;
    private static final List<Operation> OPERATIONS = List.copyOf(EnumSet.range(Operation.RAISE, Operation.COMMIT));
    private static final long SEED = Long.getLong("test.seed", 20261125);

    @Test
    void manyProcessesKilled_watermarkIsNeverAheadOfTheVisibleFiles() throws Exception {
        Random random = new Random(SEED);
        List<FaultPoint> points = new ArrayList<>();
        // DELETE is only called if an earlier process left its owner directory behind.
        points.add(new FaultPoint(Operation.RENAME, true, 3));
        for (int kill = 1; kill < Integer.getInteger("test.kills", 50); kill++) {
            Operation operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
            boolean before = operation != Operation.COMMIT && random.nextBoolean();
            int call = operation == Operation.DELETE ? 1 : 1 + random.nextInt(5);
            points.add(new FaultPoint(operation, before, call));
        }
        kill("landing-many-watermarks", points);
    }

    private static void kill(String topic, List<FaultPoint> points) throws Exception {
        TopicProbe.create(topic, PARTITIONS, Map.of("message.timestamp.type", "LogAppendTime"));
        try (SteadyLoad load = SteadyLoad.start(topic, PARTITIONS, number -> "{\"number\":" + number + "}");
                ObservedTruth<Map<Integer, NavigableMap<Long, Long>>> observer =
                        ObservedTruth.start(topic, () -> HdfsProbe.ranges("/" + topic, topic))) {
            for (FaultPoint point : points) {
                try (LandingProcess process = LandingProcess.start(topic, point, fastRotation())) {
                    process.awaitPoint();
                    process.kill();
                }
            }
            try (LandingProcess last = LandingProcess.start(topic, null, fastRotation())) {
                observer.awaitEnd(load);
                assertThat(last.stop()).isZero();
            }

            int watermarks = observer.check(LandingCompletenessIT::isVisible);

            // The last watermark is after all records. A process that is killed early does not advance it.
            assertThat(watermarks).as("seed %d", SEED).isGreaterThan(3);
            System.out.printf(
                    "%s: %d kills, %d records, %d watermarks, none too early%n",
                    topic, points.size(), load.sent(), watermarks);
        }
    }

    private static boolean isVisible(
            Map<Integer, NavigableMap<Long, Long>> files, ConsumerRecord<byte[], byte[]> record) {
        if (!files.containsKey(record.partition())) {
            return false;
        }
        Map.Entry<Long, Long> file = files.get(record.partition()).floorEntry(record.offset());
        return file != null && record.offset() <= file.getValue();
    }

    private static String[] fastRotation() {
        return new String[] {
            "-Dwadi.landing.max-poll-records=300", "-Dwadi.landing.roll-records=100", "-Dwadi.landing.roll-interval=1s"
        };
    }
}
