package io.wadi.landing.audit;

import static io.wadi.landing.audit.HandLanded.lines;
import static io.wadi.landing.audit.HandLanded.values;
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

/** Audits that compare each line of the landed files with its record in Kafka. */
@Execution(ExecutionMode.CONCURRENT)
class DeepAuditIT {
    @Test
    void filesThatCoverMarkers_areSound_inADeepAudit() throws Exception {
        try (HandLanded landed = new HandLanded("audit-covered-markers", Map.of())) {
            landed.sendInTransaction(0, 10, true);
            landed.sendInTransaction(11, 5, false);
            landed.send(17, 3);
            landed.land("", 0, 11, lines(values(0, 10)).getBytes(UTF_8));
            landed.land("", 12, 19, lines(values(17, 3)).getBytes(UTF_8));

            assertThat(landed.audit(true).sound()).isTrue();
        }
    }

    @Test
    void truncatedAndAlteredFiles_areFoundOnlyByADeepAudit() throws Exception {
        try (HandLanded landed = new HandLanded("audit-contents", Map.of())) {
            landed.send(0, 50);
            String cutInALine = landed.land("", 0, 9, "v0\nv1\nv".getBytes(UTF_8));
            String cutAfterALine = landed.land("", 10, 19, lines(values(10, 7)).getBytes(UTF_8));
            String altered = landed.land(
                    "", 20, 29, lines(values(20, 10)).replace("v25", "vX5").getBytes(UTF_8));
            String longer = landed.land("", 30, 39, lines(values(30, 11)).getBytes(UTF_8));
            landed.land("", 40, 49);

            assertThat(landed.audit(false).sound()).isTrue();
            Partition found = landed.audit(true);

            assertThat(found.sound()).isFalse();
            assertThat(found.compared()).isEqualTo(2 + 7 + 5 + 10 + 10);
            assertThat(landed.details(true))
                    .containsExactly(
                            "  " + cutInALine
                                    + ", line 3, offset 3: reading the file to its end failed: the file ends within a line",
                            "  " + cutAfterALine + ", line 8, offset 17: the file has no line for the record",
                            "  " + altered
                                    + ", line 6, offset 25: the line has 3 bytes, the record 3; they differ from byte 1 on",
                            "  " + longer + ", line 11: Kafka has no record for this line");
        }
    }

    /** Former versions landed such values instead of rejecting them. */
    @Test
    void landedValueThatResemblesAnEnvelope_isNotADifference() throws Exception {
        try (HandLanded landed = new HandLanded("audit-forged", Map.of())) {
            String forged = "{\"topic\":\"audit-forged\",\"partition\":0,\"offset\":99,\"value\":1}";
            landed.send(0, 2);
            landed.send("key", forged);
            landed.send(3, 2);
            landed.land("", 0, 4, ("v0\nv1\n" + forged + "\nv3\nv4\n").getBytes(UTF_8));

            Partition found = landed.audit(true);

            assertThat(found.differences()).isEmpty();
            assertThat(found.compared()).isEqualTo(5);
        }
    }

    /** A merged file begins with plain values if the envelope was switched on between the original files. */
    @Test
    void envelopes_areComparedWithKeyAndTimestamp_alsoAfterValues() throws Exception {
        try (HandLanded landed = new HandLanded("audit-envelopes", Map.of())) {
            landed.send(0, 5);
            landed.send("key", "two\nlines");
            landed.send(6, 4);
            landed.send("key", "two\nlines");
            landed.send(11, 9);
            landed.drop(3);
            List<String> envelopes = KafkaProbe.readAll("audit-envelopes").stream()
                    .map(each -> new String(LandedLine.envelopeOf(each), UTF_8))
                    .toList();
            String mixed = lines(values(0, 5)) + lines(envelopes.subList(6 - 3, 15 - 3));
            String file = landed.land("", 0, 14, mixed.getBytes(UTF_8));
            String last = landed.land(
                    "", 15, 19, lines(envelopes.subList(15 - 3, 20 - 3)).getBytes(UTF_8));

            Partition found = landed.audit(true);
            assertThat(found.differences()).isEmpty();
            assertThat(found.compared()).isEqualTo(2 + 9 + 5);

            landed.put(
                    file,
                    mixed.replaceFirst("\\{[^\n]+\"offset\":10,[^\n]+\n", "").getBytes(UTF_8));
            landed.put(
                    last,
                    lines(envelopes.subList(15 - 3, 20 - 3))
                            .replaceFirst("\"key\":null", "\"key\":\"x\"")
                            .getBytes(UTF_8));
            assertThat(landed.details(true))
                    .hasSize(2)
                    .anyMatch(line -> line.startsWith("  " + file + ", line 10, offset 10: the line has "))
                    .anyMatch(line -> line.matches("  \\Q" + last + "\\E, line 1, offset 15: "
                            + "the line has \\d+ bytes, the record's envelope \\d+; they differ from byte \\d+ on"));
        }
    }

    @Test
    void fileWithDeletedFirstRecords_isComparedFromItsEnd() throws Exception {
        try (HandLanded landed = new HandLanded("audit-partly", Map.of())) {
            landed.send(0, 30);
            landed.drop(15);
            landed.land("", 0, 9);
            String partly = landed.land("", 10, 19);
            landed.land("", 20, 29);

            Partition found = landed.audit(true);
            assertThat(found.sound()).isTrue();
            assertThat(found.compared()).isEqualTo(15);
            assertThat(found.notCompared()).isEqualTo(1);

            landed.put(partly, lines(values(10, 10)).replace("v18", "vX8").getBytes(UTF_8));
            assertThat(landed.details(true))
                    .containsExactly("  " + partly
                            + ", line 9, offset 18: the line has 3 bytes, the record 3; they differ from byte 1 on");

            String whole = lines(values(10, 10));
            landed.put(partly, whole.substring(0, whole.length() - 5).getBytes(UTF_8));
            assertThat(landed.details(true))
                    .containsExactly("  " + partly
                            + ", line 9: reading the file to its end failed: the file ends within a line");

            landed.delete(partly);
            landed.put(partly + ".gz", new byte[0]);
            assertThat(landed.details(true))
                    .containsExactly("  empty file " + partly + ".gz: Kafka has a record for it at offset 15");
        }
    }
}
