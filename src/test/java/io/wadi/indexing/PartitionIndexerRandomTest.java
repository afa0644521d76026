package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.elasticsearch._types.ErrorResponse;
import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import co.elastic.clients.elasticsearch.core.bulk.OperationType;
import io.wadi.indexing.bulk.BulkResult;
import io.wadi.indexing.bulk.BulkSender;
import io.wadi.indexing.bulk.DocumentBatch;
import io.wadi.indexing.bulk.RequestSlots;
import io.wadi.indexing.bulk.StoredOrigins;
import io.wadi.indexing.document.Document;
import io.wadi.indexing.document.DocumentFactory;
import io.wadi.indexing.document.DocumentId;
import io.wadi.indexing.document.EventTime;
import io.wadi.indexing.document.IndexName;
import io.wadi.indexing.document.KeyField;
import io.wadi.indexing.document.PendingBatch;
import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.Producers;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.Records;
import io.wadi.kafka.consumer.SinkConsumer;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.testing.ErrorsOnly;
import io.wadi.testing.Rounds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The indexer in many random schedules with killed and frozen members, lost requests and responses, overload,
 * rejections, and commits that fail before or after they take effect. After any schedule, each record is one document
 * or one dead letter. {@link IndexingRouteIT} tests the responses of real Elasticsearch.
 */
@ExtendWith(ErrorsOnly.class)
final class PartitionIndexerRandomTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 3);
    private static final int SCHEDULES = Integer.getInteger("test.schedules", Rounds.of(400, 3_000));

    private static final DocumentFactory DOCUMENTS =
            new DocumentFactory(IndexName.of("index"), new EventTime(""), false, new KeyField(""));

    static Stream<Integer> blocks() {
        return IntStream.range(0, 10).boxed();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void eachRecord_isOneDocumentOrOneDeadLetter(int block) {
        for (int i = 0; i < SCHEDULES / 10; i++) {
            long seed = block * 1_000_000L + i;
            try {
                new Schedule(seed).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("schedule " + seed, e);
            }
        }
    }

    private static final class Schedule {
        private static final int RECORDS = 60;

        private final Random random;
        private final List<ConsumerRecord<byte[], ByteBuffer>> log = new ArrayList<>();
        /** The origin of each document, by document id. */
        private final Map<String, String> index = new HashMap<>();

        private final List<Request> inFlight = new ArrayList<>();
        private final List<ProducerRecord<Object, Object>> deadLetters = new ArrayList<>();
        private final int largest;
        /** The end offset, after the markers of the last transaction. */
        private final long end;

        private int faultsIn100;
        private GroupOffset.Committed committed = GroupOffset.Committed.NONE;
        private int generation;
        private long nanos;
        private boolean finishing;

        private record Request(DocumentBatch bulk, Consumer<BulkResult> handler) {}

        Schedule(long seed) {
            random = new Random(seed);
            faultsIn100 = random.nextInt(40);
            largest = random.nextInt(3) == 0 ? 40 : Integer.MAX_VALUE;
            long offset = random.nextInt(3);
            for (int i = 0; i < RECORDS; i++) {
                offset += 1 + (random.nextInt(8) == 0 ? random.nextInt(3) : 0);
                log.add(event(offset));
            }
            end = offset + 1 + random.nextInt(3);
        }

        private ConsumerRecord<byte[], ByteBuffer> event(long offset) {
            String value =
                    switch (random.nextInt(10)) {
                        case 0 -> "not json";
                        case 1 -> "{\"poison\":" + offset + "}";
                        case 2 -> "{\"n\":" + "1".repeat(1 + random.nextInt(60)) + "}";
                        default -> "{\"n\":" + offset + "}";
                    };
            ConsumerRecord<byte[], ByteBuffer> event = Records.record(PARTITION, offset, value);
            if (random.nextInt(6) == 0) {
                event.headers().add("wadi-id", ("~~event-" + random.nextInt(5)).getBytes(UTF_8));
            }
            return event;
        }

        void run() {
            SinkConsumer member = member();
            SinkConsumer former = null;
            for (int step = 0; step < 150; step++) {
                nanos += random.nextLong(500_000_000);
                switch (random.nextInt(12)) {
                    case 0 -> {
                        former = member; // frozen, and not notified
                        member = member();
                    }
                    case 1 -> {
                        if (random.nextBoolean()) {
                            revoke(member);
                        }
                        member = member();
                    }
                    case 2, 3 -> {
                        if (former != null) {
                            former.poll();
                        }
                    }
                    case 4, 5, 6, 7 -> respond();
                    default -> member.poll();
                }
            }
            complete(member);
            assertThat(isCommitted(member)).isTrue();
            check();
        }

        private void revoke(SinkConsumer member) {
            while (random.nextInt(3) > 0 && !inFlight.isEmpty()) {
                respond();
            }
            finishing = true;
            member.revoke();
            finishing = false;
        }

        /**
         * Returns whether all is committed: a member that has received a record also commits the markers at the end.
         */
        private boolean isCommitted(SinkConsumer member) {
            return committed.offset()
                    >= (member.hasSink() ? end : log.get(RECORDS - 1).offset() + 1);
        }

        private void complete(SinkConsumer member) {
            faultsIn100 = 0;
            for (int i = 0; !isCommitted(member) && i < 5000; i++) {
                nanos += 30_000_000_000L;
                member.poll();
                respond();
            }
        }

        private SinkConsumer member() {
            RequestSlots slots = new RequestSlots(1 + random.nextInt(3));
            return new SinkConsumer(PARTITION, new Membership(++generation), batch -> route(batch, slots));
        }

        private void route(RecordBatch batch, RequestSlots slots) {
            DeadLetterSender deadLetters = new DeadLetterSender("dead", Producers::inMemory);
            IndexingConfiguration indexing = new IndexingConfiguration(
                    "indexing",
                    DOCUMENTS,
                    new BulkSender.Outlet(
                            slots, this::send, () -> null, 4, 100, Duration.ofMillis(1), () -> nanos += 50_000),
                    topic -> new Ready(),
                    deadLetters);
            batch.sink(PartitionIndexer.class, first -> PartitionIndexer.open(first, indexing))
                    .append(batch);
        }

        // ---- Elasticsearch

        private void send(DocumentBatch bulk, Consumer<BulkResult> handler) {
            inFlight.add(new Request(bulk, handler));
            if (finishing) {
                respond();
            }
        }

        /** Completes a random request, also one of a former member. */
        private void respond() {
            if (inFlight.isEmpty()) {
                return;
            }
            Request request = inFlight.remove(random.nextInt(inFlight.size()));
            DocumentBatch bulk = request.bulk();
            if (bulk.bytes() > largest) {
                request.handler().accept(BulkResult.failed(bulk, rejection(413)));
            } else if (isFault()) {
                if (random.nextBoolean()) {
                    bulk.documents().forEach(this::create); // The response is lost.
                }
                request.handler()
                        .accept(BulkResult.failed(
                                bulk,
                                random.nextBoolean()
                                        ? new IOException("planned")
                                        : rejection(random.nextBoolean() ? 503 : 401)));
            } else {
                request.handler()
                        .accept(stored(BulkResult.of(
                                bulk,
                                bulk.documents().stream().map(this::create).toList())));
            }
        }

        /** Adds the stored documents that items conflict with, unless reading them fails, for all items or for one. */
        private BulkResult stored(BulkResult answer) {
            Map<Integer, StoredOrigins.Stored> stored = new HashMap<>();
            for (int item : answer.conflicts()) {
                if (isFault()) {
                    return BulkResult.failed(answer.bulk(), new IOException("planned"));
                }
                String id = answer.bulk().documents().get(item).id();
                stored.put(
                        item,
                        isFault()
                                ? new StoredOrigins.Stored(null, "planned")
                                : new StoredOrigins.Stored(index.get(id), null));
            }
            return answer.with(stored);
        }

        private BulkResponseItem create(Document document) {
            String json = new String(Records.bytes(document.json()), UTF_8);
            if (isFault()) {
                return item(document, random.nextBoolean() ? 429 : 403, "planned");
            }
            if (json.contains("poison")) {
                return item(document, 400, "document_parsing_exception");
            }
            return item(document, index.putIfAbsent(document.id(), document.origin()) == null ? 201 : 409, null);
        }

        private boolean isFault() {
            return random.nextInt(100) < faultsIn100;
        }

        private static BulkResponseItem item(Document document, int status, String type) {
            return BulkResponseItem.of(item -> {
                item.operationType(OperationType.Create)
                        .id(document.id())
                        .index(document.index())
                        .status(status);
                return type == null
                        ? item
                        : item.error(error -> error.type(type).reason("planned"));
            });
        }

        private static ElasticsearchException rejection(int status) {
            return new ElasticsearchException(
                    "es/bulk",
                    ErrorResponse.of(response -> response.status(status)
                            .error(error -> error.type("planned").reason("planned"))));
        }

        // ---- Kafka

        /** The membership of one generation: only the newest generation can commit. */
        private final class Membership extends SinkConsumer.Partition {
            private final int own;

            Membership(int own) {
                this.own = own;
            }

            @Override
            public List<ConsumerRecord<byte[], ByteBuffer>> fetch(long offset) {
                return log.stream()
                        .filter(consumed -> consumed.offset() >= offset)
                        .limit(1 + random.nextInt(6))
                        .toList();
            }

            @Override
            public long next(long offset) {
                long next = log.stream()
                        .mapToLong(ConsumerRecord::offset)
                        .filter(each -> each >= offset)
                        .findFirst()
                        .orElse(end);
                return random.nextBoolean() ? next : offset;
            }

            @Override
            public Committed read() {
                return committed;
            }

            @Override
            public boolean commit(Committed wanted) {
                if (own != generation || isFault()) {
                    return false;
                }
                apply(wanted);
                return !isFault();
            }

            @Override
            public void commit(Committed wanted, List<ProducerRecord<Object, Object>> sent) {
                if (own != generation || isFault()) {
                    throw new RebalanceInProgressException("planned");
                }
                apply(wanted);
                deadLetters.addAll(sent);
                if (isFault()) {
                    throw new KafkaException("planned: the answer is lost");
                }
            }

            private void apply(Committed wanted) {
                assertThat(wanted.offset()).as("a commit never goes back").isGreaterThanOrEqualTo(committed.offset());
                log.stream()
                        .filter(consumed -> consumed.offset() < wanted.offset() && isDocument(consumed))
                        .forEach(consumed -> assertThat(index).containsKey(DocumentId.of(consumed)));
                committed = wanted;
            }
        }

        // ---- invariants

        /** Returns whether the record is neither rejected nor too large. */
        private boolean isDocument(ConsumerRecord<byte[], ByteBuffer> consumed) {
            String value = new String(Records.bytes(consumed.value()), UTF_8);
            return value.startsWith("{")
                    && !value.contains("poison")
                    && DOCUMENTS.of(consumed, new PendingBatch(1)).bytes() <= largest;
        }

        private void check() {
            Set<String> ids = new LinkedHashSet<>();
            List<Long> rejected = new ArrayList<>();
            for (ConsumerRecord<byte[], ByteBuffer> consumed : log) {
                if (isDocument(consumed)) {
                    ids.add(DocumentId.of(consumed));
                }
                if (!isDocument(consumed) || !index.get(DocumentId.of(consumed)).equals(DocumentId.origin(consumed))) {
                    rejected.add(consumed.offset());
                }
            }
            assertThat(committed.offset()).isBetween(log.get(RECORDS - 1).offset() + 1, end);
            assertThat(index.keySet()).containsExactlyInAnyOrderElementsOf(ids);
            assertThat(deadLetters.stream().map(Schedule::offset).sorted()).isEqualTo(rejected);
        }

        private static long offset(ProducerRecord<?, ?> deadLetter) {
            return Long.parseLong(new String(
                    deadLetter.headers().lastHeader("__connect.errors.offset").value(), UTF_8));
        }
    }
}
