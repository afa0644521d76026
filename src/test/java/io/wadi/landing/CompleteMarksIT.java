package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsOptions;
import io.wadi.landing.audit.HandLanded;
import io.wadi.landing.compaction.Compaction;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.TimeBuckets;
import io.wadi.landing.files.VisibleFiles;
import io.wadi.testing.AdjustableClock;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Marks of complete directories in a real HDFS. */
class CompleteMarksIT {
    private static final Instant NOW = Instant.parse("2026-11-25T12:30:00Z");
    private static final Duration ROUND = Duration.ofMinutes(1);

    private final String topic = "marks-" + UUID.randomUUID();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AdjustableClock clock = new AdjustableClock(NOW);

    @AutoClose
    private HandLanded landed;

    private FileStore store;
    private CompleteMarks marks;
    private Layout layout;

    @BeforeEach
    void create() throws Exception {
        landed = new HandLanded(topic, Map.of());
        store = landed.store();
        marks = new CompleteMarks(store, any -> Optional.empty(), meters, clock);
        layout = new Layout(landed.layout().root(), TimeBuckets.HOUR);
    }

    /** Runs the round of one minute later. */
    private void write(Instant before) throws Exception {
        clock.pass(ROUND);
        marks.write(layout, landed.partition(), before);
    }

    private JsonNode mark(String directory) throws Exception {
        try (InputStream content = store.open(layout.complete(landed.partition(), directory))) {
            return new ObjectMapper().readTree(new String(content.readAllBytes(), UTF_8));
        }
    }

    private boolean isMarked(String directory) throws Exception {
        return store.find(layout.complete(landed.partition(), directory)).isPresent();
    }

    private double replaced() {
        return meters.find("wadi.landing.complete.markers.replaced").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    @Test
    void hoursBeforeTheWatermark_areMarkedWithTheirRanges() throws Exception {
        landed.land("date=2026-11-25/hour=10/", 0, 3);
        landed.land("date=2026-11-25/hour=10/", 4, 9);
        landed.land("date=2026-11-25/hour=10/", 12, 13);
        landed.land("date=2026-11-25/hour=11/", 10, 11);
        landed.land("date=2026-11-25/hour=12/", 14, 14);

        write(Instant.parse("2026-11-25T11:59:59.999Z"));

        JsonNode mark = mark("date=2026-11-25/hour=10");
        assertThat(mark.toString())
                .isEqualTo(("{\"topic\":\"%s\",\"partition\":0,\"directory\":\"date=2026-11-25/hour=10\",\"ranges\":"
                                + "[{\"first\":0,\"last\":9},{\"first\":12,\"last\":13}],\"at\":\"%s\"}")
                        .formatted(topic, clock.instant()));
        assertThat(isMarked("date=2026-11-25/hour=11")).isFalse();
        assertThat(isMarked("date=2026-11-25/hour=12")).isFalse();

        write(Instant.parse("2026-11-25T12:00:00Z"));

        assertThat(isMarked("date=2026-11-25/hour=11")).isTrue();
        assertThat(isMarked("date=2026-11-25/hour=12")).isFalse();
        // Marks are neither visible nor foreign files, and nothing remains of their temporary files.
        assertThat(VisibleFiles.list(store, layout, landed.partition()).foreign())
                .isEmpty();
        assertThat(VisibleFiles.list(store, layout, landed.partition()).files()).hasSize(5);
        assertThat(store.list(layout.owners(landed.partition()))).isEmpty();
    }

    @Test
    void days_areMarkedInTheirDirectories() throws Exception {
        layout = new Layout(landed.layout().root(), TimeBuckets.DAY);
        landed.land("date=2026-11-24/", 0, 3);
        landed.land("date=2026-11-25/", 4, 9);

        write(NOW);

        assertThat(mark("date=2026-11-24").get("ranges").toString()).isEqualTo("[{\"first\":0,\"last\":3}]");
        assertThat(isMarked("date=2026-11-25")).isFalse();
    }

    @Test
    void unchangedFiles_doNotRewriteTheMark() throws Exception {
        landed.land("date=2026-11-25/hour=10/", 0, 3);
        write(NOW);
        String first = mark("date=2026-11-25/hour=10").get("at").asText();

        for (int round = 0; round < 3; round++) {
            write(NOW);
        }
        // The same holds after a restart.
        marks = new CompleteMarks(store, any -> Optional.empty(), meters, clock);
        write(NOW);

        assertThat(mark("date=2026-11-25/hour=10").get("at").asText()).isEqualTo(first);
        assertThat(replaced()).isZero();
    }

    /** The clock of a broker was further behind than the skew allows. */
    @Test
    void lateFile_replacesTheMark_andIsCounted() throws Exception {
        landed.land("date=2026-11-25/hour=10/", 0, 3);
        write(NOW);
        write(NOW);

        landed.land("date=2026-11-25/hour=10/", 8, 9);
        write(NOW);

        assertThat(mark("date=2026-11-25/hour=10").get("ranges").toString())
                .isEqualTo("[{\"first\":0,\"last\":3},{\"first\":8,\"last\":9}]");
        assertThat(replaced()).isEqualTo(1);
    }

    @Test
    void brokenMark_isReplaced() throws Exception {
        landed.land("date=2026-11-25/hour=10/", 0, 3);
        landed.put(layout.complete(landed.partition(), "date=2026-11-25/hour=10"), "{".getBytes(UTF_8));

        write(NOW);

        assertThat(mark("date=2026-11-25/hour=10").get("partition").asInt()).isZero();
        assertThat(replaced()).isEqualTo(1);
    }

    @Test
    void compaction_doesNotChangeTheMark() throws Exception {
        landed.send(0, 11);
        landed.land("date=2026-11-25/hour=10/", 0, 3);
        landed.land("date=2026-11-25/hour=10/", 4, 9);
        // The newest file is never merged.
        landed.land("date=2026-11-25/hour=12/", 10, 10);
        landed.commit(11);
        write(NOW);
        List<String> output = new ArrayList<>();

        try (HdfsConnection hdfs =
                new HdfsConnection(HdfsOptions.of(TestServers.shared().ports().hdfsUri()))) {
            Compaction compaction = new Compaction(
                    hdfs,
                    layout.root(),
                    (short) 1,
                    128 << 20,
                    "",
                    KafkaProbe.clients().observerProperties(topic));
            assertThat(compaction.run(topic, 1 << 20, 2 << 20, false, output::add))
                    .as("%s", output)
                    .isTrue();
        }
        write(NOW);

        assertThat(VisibleFiles.list(store, layout, landed.partition()).files())
                .as("%s", output)
                .hasSize(2);
        assertThat(mark("date=2026-11-25/hour=10").get("ranges").toString()).isEqualTo("[{\"first\":0,\"last\":9}]");
        assertThat(replaced()).isZero();
    }

    @Test
    @Nightly(because = "needs more directories in HDFS than one round marks")
    void longHistory_isMarkedInLimitedRounds() throws Exception {
        List<String> directories = new ArrayList<>();
        for (int day = 10; day < 14; day++) {
            for (int hour = 10; hour < 20; hour++) {
                directories.add("date=2026-11-%d/hour=%d".formatted(day, hour));
                landed.land(directories.get(directories.size() - 1) + "/", directories.size(), directories.size());
            }
        }

        write(NOW);
        int first = count(directories);
        for (int round = 0; round < 4; round++) {
            write(NOW);
        }

        assertThat(first).isEqualTo(32);
        assertThat(isMarked(directories.get(31))).isTrue();
        assertThat(count(directories)).isEqualTo(40);
    }

    /** The pipeline marks what it proves; landing, recovery and the audit see only the files. */
    @Test
    void pipeline_marksADirectoryOfACompletePeriod() throws Exception {
        landed.close();
        String appended = "marks-of-the-pipeline";
        landed = new HandLanded(appended, Map.of("message.timestamp.type", "LogAppendTime"));
        layout = new Layout(landed.layout().root(), TimeBuckets.HOUR);
        store = landed.store();
        String directory = "date=2020-01-01/hour=05";
        landed.send(0, 2);
        landed.land(directory + "/", 0, 1);
        Map<String, String> landing = Map.of("wadi.landing.time-buckets", "hour", "wadi.completeness.interval", "1s");

        for (int start = 0; start < 2; start++) {
            landed.send(2 + start, 1);
            long end = 3L + start;
            try (RunningWadi wadi = RunningWadi.startLanding(appended, landing)) {
                assertThat(wadi.managementUrl()).isNotEmpty();
                await().atMost(Duration.ofMinutes(2)).until(() -> isMarked(directory) && landedBefore(appended) == end);
            }
        }

        assertThat(mark(directory).get("ranges").toString()).isEqualTo("[{\"first\":0,\"last\":1}]");
        assertThat(landed.audit(true).sound()).isTrue();
        assertThat(landed.audit(true, "read_committed").partitions().get(0).foreign())
                .isEmpty();
    }

    private long landedBefore(String of) throws Exception {
        return HdfsProbe.ranges(landed.layout().root(), of).get(0).lastEntry().getValue() + 1;
    }

    private int count(List<String> directories) throws Exception {
        int count = 0;
        for (String each : directories) {
            count += isMarked(each) ? 1 : 0;
        }
        return count;
    }
}
