package io.wadi.ingest.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.ingest.event.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** A log reports the same as a plain list of receipts. */
class ReceiptLogTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Problem REASON = new Problem("/a~1b", "found \"사\" 😀, allowed is a number");
    private static final TopicPartition CLICKS = new TopicPartition("clicks", 0);
    private static final TopicPartition DEAD = new TopicPartition("wadi.dead-letter", 0);

    private enum Kind {
        TAKEN,
        REFUSED,
        DEAD,
        FAILED,
        OPEN
    }

    /** The outcome of an event; if acknowledged, its partition and its distance from the previous offset there. */
    private record Outcome(Kind kind, int partition, long distance) {}

    @Property(tries = 300)
    void completeResponse_listsAllReceipts(@ForAll("outcomes") List<Outcome> outcomes, @ForAll Random random)
            throws IOException {
        Played played = play(outcomes, random);

        JsonNode answer = read(played.log.complete(null));

        assertThat(answer.path("receipts")).isEqualTo(JSON.readTree(JSON.writeValueAsBytes(played.receipts)));
        assertThat(answer.path("error").asText(""))
                .isEqualTo(
                        played.failed == 0
                                ? ""
                                : "%d of %d events were not accepted".formatted(played.failed, outcomes.size()));
        assertThat(answer).hasSize(played.failed == 0 ? 1 : 2);
    }

    @Property(tries = 300)
    void minimalResponse_hasTheSameOffsetsAndProblems(@ForAll("outcomes") List<Outcome> outcomes, @ForAll Random random)
            throws IOException {
        Played played = play(outcomes, random);

        JsonNode answer = read(played.log.minimal("the client has gone"));

        Map<String, List<Long>> offsets = new TreeMap<>();
        List<Integer> problems = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            Map<String, Object> receipt = played.receipts.get(i);
            if (receipt.containsKey("offset")) {
                offsets.computeIfAbsent(receipt.get("topic") + "-" + receipt.get("partition"), any -> new ArrayList<>())
                        .add((Long) receipt.get("offset"));
            }
            if (outcomes.get(i).kind != Kind.TAKEN && outcomes.get(i).kind != Kind.OPEN) {
                problems.add(i);
            }
        }
        Map<String, List<Long>> found = new TreeMap<>();
        answer.path("offsets")
                .forEach(place -> place.path("ranges").forEach(range -> {
                    for (long offset = range.get(0).asLong();
                            offset <= range.get(1).asLong();
                            offset++) {
                        found.computeIfAbsent(
                                        place.path("topic").asText() + "-" + place.path("partition"),
                                        any -> new ArrayList<>())
                                .add(offset);
                    }
                }));
        assertThat(found).isEqualTo(offsets);
        assertThat(answer.path("problems"))
                .extracting(problem -> problem.path("index").asInt())
                .isEqualTo(problems);
        assertThat(answer.path("events").asInt()).isEqualTo(outcomes.size());
        assertThat(answer.path("failed").asInt()).isEqualTo(played.failed);
        assertThat(answer.path("error").asText()).isEqualTo("the client has gone");
    }

    private static final class Played {
        private final ReceiptLog log = new ReceiptLog(true);
        private final List<Map<String, Object>> receipts = new ArrayList<>();
        private int failed;
    }

    /** Logs the outcomes: Kafka responds in order within a partition, and in any order across partitions. */
    private static Played play(List<Outcome> outcomes, Random random) {
        Played played = new Played();
        Map<TopicPartition, Queue<Runnable>> answers =
                new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        Map<TopicPartition, Long> ends = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        for (Outcome fate : outcomes) {
            ReceiptLog log = played.log;
            int event = fate.kind == Kind.DEAD ? log.addInvalid(REASON) : log.add();
            TopicPartition place = fate.kind == Kind.DEAD ? DEAD : new TopicPartition("orders", fate.partition);
            Queue<Runnable> queue = answers.computeIfAbsent(place, any -> new ArrayDeque<>());
            switch (fate.kind) {
                case TAKEN, DEAD -> {
                    long offset = ends.merge(place, fate.distance, Long::sum);
                    queue.add(() -> log.acknowledged(event, metadata(place, offset)));
                    Map<String, Object> receipt = new TreeMap<>(
                            Map.of("topic", place.topic(), "partition", place.partition(), "offset", offset));
                    if (fate.kind == Kind.DEAD) {
                        receipt.putAll(Map.of("invalid", REASON.text(), "pointer", REASON.pointer()));
                    }
                    played.receipts.add(receipt);
                }
                case REFUSED -> {
                    log.rejected(event, REASON);
                    played.receipts.add(Map.of("error", REASON.text(), "pointer", REASON.pointer()));
                }
                case FAILED -> {
                    queue.add(() -> log.rejected(event, new Problem("", "not acknowledged: it timed out")));
                    played.receipts.add(Map.of("error", "not acknowledged: it timed out"));
                }
                case OPEN -> played.receipts.add(Map.of("error", "not acknowledged"));
            }
            played.failed += played.receipts.get(event).containsKey("error") ? 1 : 0;
            answer(answers, random, random.nextInt(4));
        }
        answer(answers, random, Integer.MAX_VALUE);
        return played;
    }

    private static void answer(Map<TopicPartition, Queue<Runnable>> answers, Random random, int most) {
        for (int i = 0; i < most; i++) {
            List<Queue<Runnable>> open =
                    answers.values().stream().filter(queue -> !queue.isEmpty()).toList();
            if (open.isEmpty()) {
                return;
            }
            open.get(random.nextInt(open.size())).remove().run();
        }
    }

    @Example
    void largeResponse_isWrittenInSmallPieces() throws IOException {
        ReceiptLog log = new ReceiptLog(true);
        int events = 100_000;
        for (int i = 0; i < events; i++) {
            int event = log.add();
            if (i % 10 == 0) {
                log.rejected(event, REASON);
            } else {
                log.acknowledged(event, metadata(new TopicPartition("orders", i % 3), i));
            }
        }

        Iterator<byte[]> pieces = log.complete(null);
        int count = 0;
        while (pieces.hasNext()) {
            assertThat(pieces.next().length).isLessThan(1 << 15);
            count++;
        }
        assertThat(count).isGreaterThan(100);
        JsonNode receipts = read(log.complete(null)).path("receipts");
        assertThat(receipts).hasSize(events);
        assertThat(receipts.get(9_990).path("error").asText()).isEqualTo(REASON.text());
        assertThat(receipts.get(10_000).path("error").asText())
                .isEqualTo("rejected; the reasons are kept for the first 1000 events only");
        assertThat(receipts.get(99_999).path("offset").asInt()).isEqualTo(99_999);
        assertThat(read(log.minimal(null)).path("problems")).hasSize(1000);
    }

    @Example
    void topicWithoutReceipts_isCounted_inAnyOrderOfAcknowledgment() throws IOException {
        ReceiptLog log = new ReceiptLog(false);
        Problem invalid = new Problem("/total", "not a number");
        int first = log.add();
        int second = log.addInvalid(invalid);
        int third = log.add();
        log.acknowledged(second, metadata(CLICKS, 1));
        log.acknowledged(first, metadata(CLICKS, -1));
        log.rejected(third, invalid);

        assertThat(read(log.minimal(null))).isEqualTo(JSON.readTree("""
                        {"error": "1 of 3 events were not accepted", "receipts": "none", "events": 3, "failed": 1, "problems": [
                         {"index": 1, "invalid": "not a number", "pointer": "/total"}, {"index": 2, "error": "not a number", "pointer": "/total"}]}
                        """));
        assertThatIllegalStateException().isThrownBy(() -> log.acknowledged(first, metadata(CLICKS, 2)));
    }

    private static RecordMetadata metadata(TopicPartition partition, long offset) {
        return new RecordMetadata(partition, offset, 0, 0, 0, 0);
    }

    @Example
    void eventAnsweredTwice_orOutOfOrder_isAnError() {
        ReceiptLog log = new ReceiptLog(true);
        int first = log.add();
        int second = log.add();
        TopicPartition partition = new TopicPartition("orders", 0);
        log.acknowledged(second, metadata(partition, 7));

        assertThatIllegalStateException().isThrownBy(() -> log.rejected(second, REASON));
        assertThatIllegalStateException()
                .isThrownBy(() -> log.acknowledged(first, metadata(partition, 8)))
                .withMessage("orders-0: event 0 was acknowledged after event 1");
        assertThat(log.open()).isOne();
    }

    /** A failure of Kafka with its own message, which records whether it is described. */
    private static final class Failure extends Exception {
        private static final long serialVersionUID = 1;

        private final transient Collection<Failure> described;

        Failure(Collection<Failure> described) {
            super("down");
            this.described = described;
        }

        @Override
        public String getMessage() {
            described.add(this);
            return super.getMessage();
        }
    }

    /** Kafka may fail all events in flight at once. */
    @Example
    void failuresBeyondTheKeptReasons_areNotDescribed() throws IOException {
        int events = 3_000;
        Set<Failure> described = new HashSet<>();
        ReceiptLog log = new ReceiptLog(true);
        int invalid = log.addInvalid(REASON);
        for (int i = 1; i < events; i++) {
            log.notAcknowledged(log.add(), new Failure(described));
        }
        log.notAcknowledged(invalid, new Failure(described));

        assertThat(described).hasSize(1_000);
        assertThat(log.failed()).isEqualTo(events);
        JsonNode problems = read(log.minimal(null)).path("problems");
        assertThat(problems).hasSize(1_000);
        assertThat(problems.get(0).toString())
                .as("in place of the reason why it is a dead letter")
                .isEqualTo("{\"index\":0,\"error\":\"not acknowledged: Failure: down\"}");
    }

    private static JsonNode read(Iterator<byte[]> pieces) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces.forEachRemaining(all::writeBytes);
        return JSON.readTree(all.toByteArray());
    }

    @Provide
    Arbitrary<List<Outcome>> outcomes() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(20, Kind.TAKEN),
                Tuple.of(1, Kind.REFUSED),
                Tuple.of(2, Kind.DEAD),
                Tuple.of(1, Kind.FAILED),
                Tuple.of(1, Kind.OPEN));
        Arbitrary<Long> distances = Arbitraries.frequencyOf(
                Tuple.of(9, Arbitraries.just(1L)),
                Tuple.of(1, Arbitraries.longs().between(1, 1L << 40)));
        return Combinators.combine(kinds, Arbitraries.integers().between(0, 4), distances)
                .as(Outcome::new)
                .list()
                .ofMaxSize(600);
    }
}
