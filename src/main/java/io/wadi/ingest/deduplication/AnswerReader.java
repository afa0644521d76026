package io.wadi.ingest.deduplication;

import io.wadi.kafka.AdminOnDemand;
import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.Causes;
import io.wadi.kafka.ConsumedRecord;
import io.wadi.kafka.records.TopicReader;
import io.wadi.kafka.topics.Topic;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that reads the committed answers of deduplicated topics, beginning at their end offsets, for events that were
 * sent to the inbox. After a failure it resumes at its last position, so that no answer is missed. It adds topics that
 * do not exist yet as soon as they do.
 */
final class AnswerReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerReader.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);
    private static final TopicReader.Fetch FETCH = new TopicReader.Fetch(Map.of(
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            10_000,
            ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
            4 << 20,
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            1 << 20));

    private final Supplier<Properties> readerProperties;
    private final AnswerEndOffsets ends;
    private final Map<String, Topic> byAnswers = new HashMap<>();
    private final Map<String, CompletableFuture<Void>> ready = new HashMap<>();
    private final PendingEvents pending;
    private final Thread thread = new Thread(this::run, "wadi-deduplication-answers");
    /** The offsets of the next records. */
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    /** The pending lookups of end offsets, by the name of the topic of answers. */
    private final Map<String, Lookup> lookups = new HashMap<>();

    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * Looks up the end offsets (last stable offsets) of the topics of answers, asynchronously. Each topic has its own
     * requests, so that one topic without a leader does not delay the others. Not thread-safe.
     */
    static class AnswerEndOffsets implements AutoCloseable {
        private final AdminOnDemand admin;

        /** Creates the lookup without connecting; the first call of {@link #of} connects. */
        AnswerEndOffsets(Supplier<Properties> adminProperties) {
            this.admin = new AdminOnDemand(adminProperties);
        }

        /**
         * Returns the end offsets of a topic's partitions. The future fails if the topic does not exist or a partition has
         * no leader.
         */
        CompletableFuture<Map<TopicPartition, Long>> of(String topic) {
            Admin client = admin.get();
            return client.describeTopics(List.of(topic))
                    .topicNameValues()
                    .get(topic)
                    .toCompletionStage()
                    .thenCompose(found -> ends(client, found))
                    .toCompletableFuture();
        }

        private static CompletionStage<Map<TopicPartition, Long>> ends(Admin client, TopicDescription topic) {
            return client.listOffsets(
                            AdminRequests.partitions(List.of(topic)).stream()
                                    .collect(Collectors.toMap(Function.identity(), each -> OffsetSpec.latest())),
                            new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                    .all()
                    .toCompletionStage()
                    .thenApply(found -> {
                        Map<TopicPartition, Long> ends = new HashMap<>();
                        found.forEach((partition, end) -> ends.put(partition, end.offset()));
                        return ends;
                    });
        }

        /** Closes the admin client; the next lookup opens a new one. */
        @Override
        public void close() {
            admin.close();
        }
    }

    private record Lookup(CompletableFuture<Map<TopicPartition, Long>> ends, long begun) {}

    /**
     * Creates the reader without starting its thread.
     *
     * @param ends looks up the offsets to begin at; closed when all topics are found, and when the thread ends
     * @param pending receives the answers; their time limit is applied about ten times a second, also while Kafka is
     *     unavailable
     */
    AnswerReader(
            Supplier<Properties> readerProperties,
            AnswerEndOffsets ends,
            Collection<Topic> topics,
            PendingEvents pending) {
        this.readerProperties = readerProperties;
        this.ends = ends;
        this.pending = pending;
        for (Topic topic : topics) {
            byAnswers.put(topic.answers(), topic);
            ready.put(topic.name(), new CompletableFuture<>());
        }
        thread.setDaemon(true);
    }

    /** Returns the location of a first event in its topic. */
    static RecordMetadata location(Topic topic, First first) {
        return new RecordMetadata(
                new TopicPartition(topic.name(), first.partition()), first.offset(), 0, first.timeMs(), -1, -1);
    }

    synchronized void start() {
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    /**
     * Returns a future that completes once the reader follows the answers of a topic: it receives every answer that is
     * committed afterwards.
     */
    CompletableFuture<Void> ready(String topic) {
        return ready.get(topic);
    }

    private void run() {
        while (!isClosed()) {
            try (TopicReader reader = new TopicReader(readerProperties.get(), FETCH)) {
                if (!positions.isEmpty()) {
                    reader.seek(positions);
                }
                follow(reader);
            } catch (RuntimeException | LinkageError | AssertionError e) { // waiting events need the answers
                if (!isClosed()) {
                    LOG.warn("Failed to read the answers of deduplication, retrying: {}", Causes.inShort(e));
                    pending.expire();
                    pause(PAUSE);
                }
            }
        }
        ends.close();
    }

    private void follow(TopicReader reader) {
        while (!isClosed()) {
            addTopics(reader);
            if (positions.isEmpty()) {
                pause(POLL);
            } else {
                reader.poll(POLL, this::receive);
            }
            pending.expire();
        }
    }

    /**
     * Adds the topics with end offsets that are known by now. A lookup without a response delays neither the reading of
     * answers nor the lookups of other topics.
     */
    private void addTopics(TopicReader reader) {
        boolean isMissing = false;
        for (Topic topic : byAnswers.values()) {
            CompletableFuture<Void> isReady = ready.get(topic.name());
            if (!isReady.isDone()) {
                lookUp(topic.answers()).ifPresent(found -> {
                    positions.putAll(found);
                    reader.seek(positions);
                    isReady.complete(null);
                });
                isMissing |= !isReady.isDone();
            }
        }
        if (!isMissing) {
            ends.close();
        }
    }

    /**
     * Returns the end offsets of a topic of answers once they are known; repeats a failed lookup after {@link #PAUSE}.
     */
    private Optional<Map<TopicPartition, Long>> lookUp(String answers) {
        Lookup lookup = lookups.computeIfAbsent(answers, topic -> new Lookup(begin(topic), System.nanoTime()));
        if (!lookup.ends().isDone()) {
            return Optional.empty();
        }
        try {
            Map<TopicPartition, Long> found = lookup.ends().join();
            lookups.remove(answers);
            return Optional.of(found);
        } catch (CompletionException e) {
            if (System.nanoTime() - lookup.begun() >= PAUSE.toNanos()) {
                lookups.remove(answers);
                if (!(Causes.unwrap(e) instanceof UnknownTopicOrPartitionException)) {
                    LOG.warn("{}: failed to look up the end offsets, retrying: {}", answers, Causes.inShort(e));
                }
            }
            return Optional.empty();
        }
    }

    private CompletableFuture<Map<TopicPartition, Long>> begin(String answers) {
        try {
            return ends.of(answers);
        } catch (KafkaException | LinkageError | AssertionError e) { // such as broker names that do not resolve
            return CompletableFuture.failedFuture(e);
        }
    }

    private void receive(ConsumerRecord<byte[], byte[]> record) {
        positions.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        // An event gets its own answer after it was sent to the inbox, so that it does not need earlier ones.
        if (record.value() != null && pending.isAnyInInbox()) {
            try {
                Topic topic = byAnswers.get(record.topic());
                long withinMs = Answers.withinMs(topic, record.headers());
                Answers.decode(record.value()).forEach(answer -> pending.answered(topic, withinMs, answer));
            } catch (IllegalArgumentException e) {
                LOG.warn("{}: ignored a record: {}", ConsumedRecord.at(record), e.getMessage());
            }
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void pause(Duration time) {
        try {
            if (closed.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("Closed while waiting");
            }
        } catch (InterruptedException e) {
            closed.countDown();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        if (thread.getState() != Thread.State.NEW) {
            thread.join(CLOSE_WITHIN.toMillis());
        }
    }
}
