package io.wadi.landing.audit;

import static io.wadi.landing.audit.HandLanded.lines;
import static io.wadi.landing.audit.HandLanded.values;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.landing.audit.AuditReport.Cause;
import io.wadi.landing.audit.AuditReport.Gap;
import io.wadi.landing.audit.AuditReport.Partition;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.OffsetRange;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** An audit of a topic that was recreated with fewer partitions, after files of the others had landed. */
class AuditOfRecreatedTopicIT {
    private static final String TOPIC = "audit-fewer";

    @Test
    void filesOfAPartitionThatKafkaDoesNotHave_areNotSound() throws Exception {
        try (HandLanded landed = new HandLanded(TOPIC, Map.of())) {
            landed.send(0, 10);
            landed.land("", 0, 9);
            TopicPartition former = new TopicPartition(TOPIC, 1);
            for (int first : List.of(0, 8)) {
                String name = new LandedFile(former, first, first + 4).name();
                landed.put(
                        landed.layout().visible(former) + "/" + name,
                        lines(values(first, 5)).getBytes(UTF_8));
            }
            landed.put(landed.layout().visible(new TopicPartition(TOPIC, 2)) + "/_hidden", new byte[0]);

            AuditReport report = landed.audit(true, "read_committed");

            assertThat(report.sound()).isFalse();
            assertThat(report.partitions()).hasSize(2).first().matches(Partition::sound);
            Partition found = report.partitions().get(1);
            assertThat(found.partition()).isEqualTo(1);
            assertThat(found.ahead()).isEqualTo(new OffsetRange(0, 12));
            assertThat(found.gaps()).containsExactly(new Gap(5, 7, Cause.UNKNOWN, "Kafka does not have the partition"));
            assertThat(found.notCompared()).isEqualTo(2);
        }
    }
}
