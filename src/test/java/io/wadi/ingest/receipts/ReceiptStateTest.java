package io.wadi.ingest.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.ingest.receipts.ReceiptState.Progress;
import io.wadi.ingest.receipts.ReceiptState.Rejection;
import io.wadi.ingest.receipts.ReceiptState.Target;
import io.wadi.ingest.send.SenderIds;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceiptStateTest {
    private static final Instant TIME = Instant.parse("2026-11-25T12:00:00.123Z");

    private static ReceiptState state(Instant timestamp, Target landed, Target indexed, Rejection deadLetter) {
        Map<String, Target> targets = new LinkedHashMap<>();
        targets.put("landed", landed);
        targets.put("indexed", indexed);
        return new ReceiptState(timestamp, targets, deadLetter, null, "");
    }

    private static String json(ReceiptState state) throws Exception {
        return new ObjectMapper().writeValueAsString(state.fields());
    }

    @Test
    void fields_containTheLocationInEachTarget() throws Exception {
        Target landed = new Target(Progress.ARRIVED, Map.of("file", "/f"));
        Target indexed = new Target(Progress.ARRIVED, Map.of("id", "t+0+7"));

        assertThat(json(state(TIME, landed, indexed, null)))
                .isEqualTo("{\"kafka\":{\"timestamp\":\"2026-11-25T12:00:00.123Z\"},"
                        + "\"landed\":{\"state\":\"landed\",\"file\":\"/f\"},"
                        + "\"indexed\":{\"state\":\"indexed\",\"id\":\"t+0+7\"},"
                        + "\"deadLetter\":null}");
    }

    @Test
    void fields_ofARejectedRecord_containItsDeadLetter() throws Exception {
        Rejection rejection =
                new Rejection("indexing", new Receipt(new TopicPartition("wadi.dead-letter", 1), 3), "X", "X: no", 0);

        assertThat(json(state(null, Target.of(Progress.NOT_CONFIGURED), Target.rejected(rejection), rejection)))
                .isEqualTo(
                        "{\"kafka\":{\"timestamp\":null},"
                                + "\"landed\":{\"state\":\"not-configured\"},"
                                + "\"indexed\":{\"state\":\"rejected\",\"reason\":\"X: no\"},"
                                + "\"deadLetter\":{\"topic\":\"wadi.dead-letter\",\"partition\":1,\"offset\":3,\"reason\":\"X: no\"}}");
    }

    @ParameterizedTest
    @CsvSource({
        "PENDING, false",
        "ARRIVED, true",
        "REJECTED, true",
        "EXPIRED, true",
        "NOT_CONFIGURED, true",
    })
    void isFinal_isFalseIfATargetIsPending(Progress progress, boolean isFinal) {
        ReceiptState state = state(TIME, Target.of(progress), Target.of(Progress.ARRIVED), null);

        assertThat(state.isFinal()).isEqualTo(isFinal);
        assertThat(state.isComplete()).isEqualTo(isFinal);
    }

    @Test
    void isComplete_isFalseIfATargetHasAProblem() {
        Target unknown = TargetLookup.unknown("landed", "away");
        ReceiptState state = state(TIME, unknown, Target.of(Progress.ARRIVED), null);

        assertThat(unknown.fields()).containsEntry("file", null).containsEntry("problem", "away");
        assertThat(state.isFinal()).isTrue();
        assertThat(state.isComplete()).isFalse();
        assertThat(unknown.withProblem("another").fields()).containsEntry("problem", "away");
    }

    @Test
    void viewOfOtherClients_omitsTheReasonAndTheSenderId() throws Exception {
        Rejection rejection = new Rejection(
                "landing", new Receipt(new TopicPartition("wadi.dead-letter", 1), 3), "X", "X: hunter2", 0);
        Map<String, Target> targets = new LinkedHashMap<>();
        targets.put("landed", Target.rejected(rejection));
        targets.put("indexed", new Target(Progress.ARRIVED, Map.of("id", "~shop~order-17")));
        ReceiptState state = new ReceiptState(TIME, targets, rejection, null, "~shop~order-17");

        assertThat(state.seenBy(new SenderIds("shop"))).isEqualTo(state);
        for (String other : Arrays.asList("sho", "shop~order", "bank", null)) {
            assertThat(json(state.seenBy(new SenderIds(other))))
                    .contains("\"landed\":{\"state\":\"rejected\",\"reason\":\"X\"}")
                    .contains("\"indexed\":{\"state\":\"indexed\",\"id\":null,\"problem\":")
                    .contains("\"offset\":3,\"reason\":\"X\"}")
                    .doesNotContain("hunter2", "order-17");
        }
    }

    @Test
    void viewOfAnonymousClients_omitsSenderIds_evenOfAnonymousSenders() {
        Target indexed = new Target(Progress.ARRIVED, Map.of("id", "~~order-17"));
        ReceiptState state = new ReceiptState(TIME, Map.of("indexed", indexed), null, null, "~~order-17");

        assertThat(state.seenBy(new SenderIds(null)).fields().toString()).doesNotContain("order-17");
    }

    @Test
    void viewOfOtherClients_includesAnIdThatIsALocation() {
        Target indexed = new Target(Progress.ARRIVED, Map.of("id", "t+0+7"));
        ReceiptState state = new ReceiptState(TIME, Map.of("indexed", indexed), null, null, "");

        assertThat(state.seenBy(new SenderIds(null))).isEqualTo(state);
    }
}
