package io.wadi.ingest.deduplication;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;

/** The range of the answers from which ids are restored. The test sets the timestamps that brokers would set. */
class FirstEventsReaderIT {
    private static final Topic TOPIC = Topics.parse(
                    "topics: [{name: fr, partitions: 1, deduplicate: {within: 1h}, ingest: {over: [events]}}]")
            .find("fr")
            .orElseThrow();
    private static final long AT_MS = Duration.ofDays(20_000).toMillis();
    private static final Digest EVENT = new Digest(1, 2);

    /**
     * The clock of the answers' leader was behind that of the inbox, and so is that of the inbox's next leader: its
     * records are within the window of an event with an even earlier answer.
     */
    @Test
    void ids_areRestored_ifTwoLeadersAreBehind() throws Exception {
        TopicProbe.create(
                TOPIC.answers(),
                1,
                Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1", TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime"));
        long behindMs = FirstEventsReader.CLOCKS.toMillis();
        long nextMs = AT_MS - behindMs;
        First first = new First(0, 7, nextMs - TOPIC.deduplication().within().toMillis() + 1, EVENT, 5);
        First later = new First(0, 8, AT_MS, EVENT, 5);
        answer(first.timeMs() - behindMs, Answer.stored(new Digest(3, 4), first));
        answer(AT_MS, Answer.stored(new Digest(5, 6), later));

        FirstEventsReader reader = new FirstEventsReader(KafkaProbe.clients()::readerProperties, new IdLimit(10, 10));
        try (FirstEvents restored = reader.read(TOPIC, 0, AT_MS)) {
            assertThat(restored.find(new Digest(3, 4))).isEqualTo(first);
            assertThat(restored.find(new Digest(5, 6))).isEqualTo(later);
        }
    }

    private static void answer(long timestampMs, Answer answer) throws Exception {
        KafkaProbe.send(new ProducerRecord<byte[], byte[]>(
                TOPIC.answers(),
                0,
                timestampMs,
                null,
                Answers.encode(List.of(answer)).get(0)));
    }
}
