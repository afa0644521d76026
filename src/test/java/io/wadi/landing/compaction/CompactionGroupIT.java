package io.wadi.landing.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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

    private static List<String> dryRun(HdfsConnection hdfs, HandLanded landed, String group) throws Exception {
        Properties consumer = KafkaProbe.clients().observerProperties(group);
        List<String> lines = new ArrayList<>();
        new Compaction(hdfs, landed.layout().root(), (short) 1, 128 << 20, "", consumer)
                .run(TOPIC, 1 << 20, 1 << 30, true, lines::add);
        return lines;
    }
}
