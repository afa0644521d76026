package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The oracle of indexing tests: each record of the topic is one document or one dead letter. The group has the name of
 * the topic.
 */
final class IndexedOnce {
    private IndexedOnce() {}

    /** Waits until the group has committed the topic's current end offsets; the indexing JVM may still be starting. */
    static void awaitAll(String topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        KafkaProbe.readAll(topic).forEach(record -> {
            TopicPartition partition = new TopicPartition(topic, record.partition());
            if (!partitions.contains(partition)) {
                partitions.add(partition);
            }
        });
        // On a busy machine the kills take longer, and the load has sent more records.
        await().atMost(ChildJvm.START_TIMEOUT.multipliedBy(3)).untilAsserted(() -> {
            for (TopicPartition partition : partitions) {
                OffsetAndMetadata committed = GroupProbe.committed(topic).get(partition);
                assertThat(committed).as("%s", partition).isNotNull();
                assertThat(committed.offset()).as("%s", partition).isEqualTo(TopicProbe.end(partition));
            }
        });
    }

    /** Fails if a record is neither a document nor a dead letter, or more than one of these. */
    static void check(ElasticsearchProbe elasticsearch, String topic) throws Exception {
        List<String> documents = elasticsearch.ids(topic);
        List<String> deadLetters = deadLetters(topic);
        Map<String, Integer> tooMany = new HashMap<>();
        KafkaProbe.forEach(topic, consumed -> tooMany.put(id(consumed), -1));
        documents.forEach(id -> tooMany.merge(id, 1, Integer::sum));
        deadLetters.forEach(id -> tooMany.merge(id, 1, Integer::sum));

        tooMany.values().removeIf(count -> count == 0);
        assertThat(tooMany)
                .as("ids that are there too often, or -1: not at all")
                .isEmpty();
        System.out.printf(
                "%s: %d documents, %d dead letters, each once%n", topic, documents.size(), deadLetters.size());
    }

    /** Returns the ids of the topic's records that are dead letters. */
    static List<String> deadLetters(String topic) {
        List<String> deadLetters = new ArrayList<>();
        KafkaProbe.forEach("wadi.dead-letter", deadLetter -> {
            if (KafkaProbe.header(deadLetter, "__connect.errors.topic").equals(topic)) {
                deadLetters.add(topic + "+" + KafkaProbe.header(deadLetter, "__connect.errors.partition") + "+"
                        + KafkaProbe.header(deadLetter, "__connect.errors.offset"));
            }
        });
        return deadLetters;
    }

    private static String id(ConsumerRecord<?, ?> consumed) {
        return consumed.topic() + "+" + consumed.partition() + "+" + consumed.offset();
    }
}
