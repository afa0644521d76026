package io.wadi.ingest.deduplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.ingest.deduplication.AnswerReader.AnswerEndOffsets;
import io.wadi.kafka.topics.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics with answers that cannot be read yet; DeduplicationIT tests answers of real brokers. */
@Execution(ExecutionMode.CONCURRENT)
class AnswerReaderTest {
    private static final int TOPICS = 10;
    private static final Topics DECLARED = Topics.parse(IntStream.range(0, TOPICS)
            .mapToObj("{name: t%d, partitions: 1, deduplicate: {within: 1h}, ingest: {over: [events]}}"::formatted)
            .collect(Collectors.joining(", ", "topics: [", "]")));

    private static Properties readerProperties() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", "127.0.0.1:1");
        return properties;
    }

    @ParameterizedTest
    @ValueSource(strings = {"open", "failed", "thrown", "missing", "error"})
    void topicWithoutAnEnd_delaysNoOther(String kind) throws Exception {
        CompletableFuture<Map<TopicPartition, Long>> late = new CompletableFuture<>();
        AtomicInteger polls = new AtomicInteger();
        AtomicInteger lookups = new AtomicInteger();
        AnswerEndOffsets ends = new AnswerEndOffsets(Properties::new) {
            @Override
            CompletableFuture<Map<TopicPartition, Long>> of(String topic) {
                return topic.equals("t0.receipts")
                        ? response(kind, lookups.incrementAndGet(), late)
                        : CompletableFuture.completedFuture(Map.of(new TopicPartition(topic, 0), 7L));
            }
        };
        try (AnswerReader reader = new AnswerReader(
                AnswerReaderTest::readerProperties,
                ends,
                DECLARED.all().stream()
                        .filter(topic -> topic.deduplication() != null)
                        .toList(),
                new PendingEvents(Duration.ofHours(1), polls::incrementAndGet))) {
            reader.start();
            for (int i = 1; i < TOPICS; i++) {
                reader.ready("t" + i).get(2, TimeUnit.MINUTES);
            }
            int before = polls.get();
            await().until(() -> polls.get() > before + 1);
            assertThat(reader.ready("t0")).isNotDone();

            late.complete(Map.of(new TopicPartition("t0.receipts", 0), 7L));
            reader.ready("t0").get(2, TimeUnit.MINUTES);
        }
    }

    /** Returns the response to a lookup; the third one is never a failure. */
    private static CompletableFuture<Map<TopicPartition, Long>> response(
            String kind, int lookup, CompletableFuture<Map<TopicPartition, Long>> late) {
        if (lookup > 2) {
            return late;
        }
        return switch (kind) {
            case "open" -> late;
            case "failed" -> CompletableFuture.failedFuture(new TimeoutException("no leader"));
            case "missing" -> CompletableFuture.failedFuture(new UnknownTopicOrPartitionException());
            case "error" -> throw new NoClassDefFoundError("a class of a plugin");
            default -> throw new KafkaException("the name does not resolve");
        };
    }
}
