package io.wadi.landing.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.landing.files.OffsetRange;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AuditTextTest {
    /** Kafka may still have all records of the files: a deep audit does not read every format. */
    @Test
    void filesThatWereNotCompared_areCounted_withoutACauseThatMayBeWrong() {
        AuditReport.Partition partition = new AuditReport.Partition(
                0,
                new AuditReport.Log(0, 10),
                10L,
                0,
                120,
                1000,
                List.of(new OffsetRange(0, 9)),
                true,
                List.of(),
                List.of(),
                List.of(),
                null,
                List.of(),
                0,
                120,
                List.of(),
                List.of(),
                List.of());

        assertThat(AuditText.of(AuditReport.of("events", "landing", "/data", true, List.of(partition))))
                .first()
                .asString()
                .contains(", 0 records the same in Kafka and file"
                        + " (120 files not compared: Parquet, Avro, or no longer in Kafka)");
    }
}
