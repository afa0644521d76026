package io.wadi.landing.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsOptions;
import io.wadi.landing.audit.HandLanded;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** A compaction with another group than landing's, such as a misspelled one. */
class CompactionGroupIT {
    private static final String TOPIC = "compact-group";

    @Test
    void groupWithoutCommittedOffsets_isReported() throws Exception {
        try (HandLanded landed = new HandLanded(TOPIC, Map.of());
                HdfsConnection hdfs = new HdfsConnection(
                        HdfsOptions.of(TestServers.shared().ports().hdfsUri()))) {
            landed.send(0, 20);
            landed.land("", 0, 4);
            landed.land("", 5, 9);
            landed.land("", 10, 19);
            landed.commit(20);

            assertThat(dryRun(hdfs, landed, "other"))
                    .containsExactly(
                            "compact-group-0: skipped 3 files: group other has no committed offset, and only files below it"
                                    + " are merged; expected landing's group",
                            "compact-group: 0 files would be merged into 0");
            assertThat(dryRun(hdfs, landed, TOPIC))
                    .hasSize(2)
                    .last()
                    .isEqualTo("compact-group: 2 files would be merged into 1");
        }
    }

    private static List<String> dryRun(HdfsConnection hdfs, HandLanded landed, String group) throws Exception {
        Properties consumer = KafkaProbe.clients().observerProperties(group);
        List<String> lines = new ArrayList<>();
        new Compaction(hdfs, landed.layout().root(), (short) 1, 128 << 20, "", consumer)
                .run(TOPIC, 1 << 20, 1 << 30, true, lines::add);
        return lines;
    }
}
