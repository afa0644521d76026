package io.wadi.landing.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsOptions;
import io.wadi.landing.audit.HandLanded;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** Compactions on real Kafka and HDFS: with another group than landing's, such as a misspelled one, and their files. */
class CompactionGroupIT {
    private static final String TOPIC = "compact-group";

    @Test
    void groupWithoutCommittedOffsets_isRejected() throws Exception {
        try (HandLanded landed = new HandLanded(TOPIC, Map.of());
                HdfsConnection hdfs = new HdfsConnection(
                        HdfsOptions.of(TestServers.shared().ports().hdfsUri()))) {
            landed.send(0, 20);
            landed.land("", 0, 4);
            landed.land("", 5, 9);
            landed.land("", 10, 19);
            landed.commit(20);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> dryRun(hdfs, landed, "other"))
                    .withMessage(
                            "Group \"other\" has no committed offsets of topic compact-group, and only files below them"
                                    + " are merged; expected landing's group");
            assertThat(dryRun(hdfs, landed, TOPIC))
                    .hasSize(2)
                    .last()
                    .isEqualTo("compact-group: 2 files would be merged into 1");
        }
    }

    /** Otherwise old files would appear to contain records of the time of the merge. */
    @Test
    void mergedFile_hasTheTimeOfItsNewestPart() throws Exception {
        try (HandLanded landed = new HandLanded("compact-times", Map.of());
                HdfsConnection hdfs = new HdfsConnection(
                        HdfsOptions.of(TestServers.shared().ports().hdfsUri()))) {
            landed.send(0, 20);
            String first = landed.land("", 0, 4);
            String second = landed.land("", 5, 9);
            landed.land("", 10, 19);
            landed.commit(20);
            Instant newest = landed.store().find(second).orElseThrow().modified();
            String merged = first.replace("+00000000000000000004", "+00000000000000000009");

            run(hdfs, landed, "compact-times", false);

            assertThat(landed.store().find(merged))
                    .map(FileStore.Entry::modified)
                    .contains(newest);
        }
    }

    private static List<String> dryRun(HdfsConnection hdfs, HandLanded landed, String group) throws Exception {
        return run(hdfs, landed, group, true);
    }

    private static List<String> run(HdfsConnection hdfs, HandLanded landed, String group, boolean dryRun)
            throws Exception {
        Properties consumer = KafkaProbe.clients().observerProperties(group);
        List<String> lines = new ArrayList<>();
        new Compaction(hdfs, landed.layout().root(), (short) 1, 128 << 20, "", consumer)
                .run(landed.partition().topic(), 1 << 20, 1 << 30, dryRun, lines::add);
        return lines;
    }
}
