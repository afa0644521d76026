package io.wadi.landing.audit;

import static io.wadi.landing.audit.HandLanded.lines;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.landing.audit.AuditReport.Partition;
import io.wadi.landing.format.LandedLine;
import io.wadi.testing.KafkaProbe;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Deep audits of values with a line break: without an envelope, landing writes no line for them. */
@Execution(ExecutionMode.CONCURRENT)
class AuditOfDeadLettersIT {
    private static final String TWO_LINES = "two\nlines";

    @Test
    void deadLettersAfterTheOnlyLine_areNotADifference() throws Exception {
        try (HandLanded landed = new HandLanded("audit-one-line", Map.of())) {
            landed.send(0, 1);
            landed.send("key", TWO_LINES);
            landed.send(2, 1);
            landed.send("key", TWO_LINES);
            landed.land("", 0, 1, "v0\n".getBytes(UTF_8));
            landed.land("", 2, 3, "v2\n".getBytes(UTF_8));

            Partition found = landed.audit(true);

            assertThat(found.differences()).isEmpty();
            assertThat(found.compared()).isEqualTo(2);
        }
    }

    @Test
    void envelopes_areCompared_alsoAfterDeletedRecords() throws Exception {
        try (HandLanded landed = new HandLanded("audit-partly-envelopes", Map.of())) {
            landed.send(0, 2);
            landed.send("key", TWO_LINES);
            landed.send("key", TWO_LINES);
            List<String> envelopes = KafkaProbe.readAll("audit-partly-envelopes").stream()
                    .map(each -> new String(LandedLine.envelopeOf(each), UTF_8))
                    .toList();
            String file = landed.land("", 0, 3, lines(envelopes).getBytes(UTF_8));
            landed.drop(2);

            Partition found = landed.audit(true);
            assertThat(found.differences()).isEmpty();
            assertThat(found.compared()).isEqualTo(2);

            landed.put(file, lines(envelopes.subList(0, 3)).getBytes(UTF_8));
            assertThat(landed.details(true))
                    .containsExactly("  " + file + ", line 4, offset 3: the file has no line for the record");
        }
    }
}
