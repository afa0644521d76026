package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.KafkaProbe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** The oracle: ids in the index and dead letters are the offsets in the topic, each once. The group is named as the topic. */
final class IndexedOnce {
    private IndexedOnce() {}

    /** Waits until the group has committed all that the topic has now; the JVM that indexes may still have to start. */
    static void awaitAll(String topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        KafkaProbe.readAll(topic).forEach(record -> {
            TopicPartition partition = new TopicPartition(topic, record.partition());
            if (!partitions.contains(partition)) {
                partitions.add(partition);
            }
        });
        // The longer the kills take on a busy machine, the more the load has sent meanwhile.
        await().atMost(ChildJvm.START_TIMEOUT.multipliedBy(3)).untilAsserted(() -> {
            for (TopicPartition partition : partitions) {
                OffsetAndMetadata committed = KafkaProbe.committed(topic).get(partition);
                assertThat(committed).as("%s", partition).isNotNull();
                assertThat(committed.offset()).as("%s", partition).isEqualTo(KafkaProbe.end(partition));
            }
        });
    }

    /** Fails where a record is neither, or both, or one twice. */
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

    /** The ids of a topic's records that are dead letters. */
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
