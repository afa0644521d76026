package io.wadi.ingest.receipts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.json.BodyLimits;
import io.wadi.ingest.receipts.ReceiptState.Progress;
import io.wadi.ingest.receipts.ReceiptState.Target;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.testing.Heap;
import io.wadi.testing.Nightly;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The heap for the receipts of requests. */
class ReceiptMemoryTest {
    private static final TopicPartition PARTITION = new TopicPartition("select-color", 0);
    private static final int RECEIPTS = 50_000;
    private static final int PER_REQUEST = 100;

    @Test
    void stateAndResponse_areWithinTheChargeForAReceipt() {
        ReceiptState state = state(new Receipt(PARTITION, 1));

        assertThat(ReceiptStates.bytes(state) + HttpResponses.json(state.fields()).length)
                .isLessThan((int) AnswerForReceipts.RECEIPT_BYTES);
    }

    @Test
    @Nightly(perChange = "ReceiptMemoryTest#stateAndResponse_areWithinTheChargeForAReceipt")
    void receipt_takesTheChargedBytes() {
        ReceiptRequests requests = new ReceiptRequests(
                null, Duration.ofSeconds(1), PER_REQUEST, new BodyLimits(8 << 20, 200, 1 << 20, 10_000_000));
        double perReceipt = Heap.retained(() -> requests(requests)) / (double) RECEIPTS;

        System.out.printf("receipts: %.0f bytes of heap per receipt%n", perReceipt);
        assertThat(perReceipt).isBetween(AnswerForReceipts.RECEIPT_BYTES * 0.7, AnswerForReceipts.RECEIPT_BYTES * 1.05);
    }

    private static List<Object> requests(ReceiptRequests requests) {
        List<Object> held = new ArrayList<>();
        for (int first = 0; first < RECEIPTS; first += PER_REQUEST) {
            held.add(request(requests, first));
        }
        return held;
    }

    /** Returns the objects of a request that is answered. */
    private static List<Object> request(ReceiptRequests requests, long first) {
        String body = LongStream.range(first, first + PER_REQUEST)
                .mapToObj("{\"topic\":\"select-color\",\"partition\":0,\"offset\":%d}"::formatted)
                .collect(Collectors.joining(",", "[", "]"));
        List<Receipt> receipts = requests.parse(body.getBytes(UTF_8));
        ReceiptQuery query = new ReceiptQuery("client", receipts, Duration.ZERO, 1);
        query.checked(query.receipts());
        OptionalLong committed = OptionalLong.of(first + PER_REQUEST);
        query.ready(Map.of(PARTITION, new CommittedOffsets(Map.of("landed", committed, "indexed", committed), 0)));
        query.found(receipts.stream().collect(Collectors.toMap(Function.identity(), ReceiptMemoryTest::state)));
        Map<Receipt, ReceiptState> states = query.answer().join();
        byte[] response = HttpResponses.json(
                receipts.stream().map(each -> states.get(each).fields()).toList());
        return List.of(receipts, query, response);
    }

    /** Returns the state of a record that is landed and indexed. */
    private static ReceiptState state(Receipt receipt) {
        Instant time = Instant.parse("2026-11-27T12:34:56.789Z").plusMillis(receipt.offset());
        Map<String, Object> file = new LinkedHashMap<>();
        file.put(
                "file",
                "/data/select-color/partition=0/select-color+0+%020d+%020d.jsonl"
                        .formatted(receipt.offset(), receipt.offset()));
        file.put("at", time.toString());
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("index", "select-color-%d".formatted(receipt.offset()));
        document.put("id", new UUID(0, receipt.offset()).toString());
        Map<String, Target> targets = new LinkedHashMap<>();
        targets.put("landed", new Target(Progress.ARRIVED, Collections.unmodifiableMap(file)));
        targets.put("indexed", new Target(Progress.ARRIVED, Collections.unmodifiableMap(document)));
        return new ReceiptState(time, targets, null, null, new UUID(1, receipt.offset()).toString());
    }
}
