package io.wadi.kafka.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;

/** Which producer commits a transaction. */
class TransactionsTest {
    private static final Map<TopicPartition, OffsetAndMetadata> OFFSETS =
            Map.of(new TopicPartition("events", 0), new OffsetAndMetadata(7));

    @SuppressWarnings("removal") // the interface has no other way to make one
    private static final ConsumerGroupMetadata GROUP = new ConsumerGroupMetadata("group");

    private final List<Producer<Object, Object>> producers = new ArrayList<>();
    /** The number of the producer of each commit. */
    private final List<Integer> used = new ArrayList<>();

    private long nanos;
    private final Transactions transactions = new Transactions(this::producer, () -> nanos);
    private long commitMs;
    private boolean isFailing;

    private Producer<Object, Object> producer(String id) {
        Serializer<Object> bytes = (topic, data) -> (byte[]) data;
        MockProducer<Object, Object> producer = new MockProducer<>(true, null, bytes, bytes) {
            @Override
            public void commitTransaction() {
                used.add(producers.indexOf(this));
                pass(commitMs);
                if (isFailing) {
                    throw new KafkaException("planned");
                }
                super.commitTransaction();
            }
        };
        producers.add(producer);
        return producer;
    }

    private void pass(long ms) {
        nanos += TimeUnit.MILLISECONDS.toNanos(ms);
    }

    private void commit() {
        transactions.commit(List.of(new ProducerRecord<>("out", new byte[0])), locations -> List.of(), OFFSETS, GROUP);
    }

    @Test
    void rareCommits_useOneProducer() {
        for (int i = 0; i < 5; i++) {
            commit();
            pass(41);
        }

        assertThat(used).containsExactly(0, 0, 0, 0, 0);
    }

    /** Kafka may still be completing its transaction. */
    @Test
    void producerWithinItsRest_isNotUsed() {
        commit();
        pass(40);
        commit();

        assertThat(used).containsExactly(0, 1);
    }

    @Test
    void frequentCommits_useAllProducersInTurn() {
        commitMs = 5;
        for (int i = 0; i < 8; i++) {
            commit();
        }

        assertThat(used).containsExactly(0, 1, 2, 3, 0, 1, 2, 3);
    }

    /** Kafka completes a transaction after its commit, however long that took. */
    @Test
    void slowCommits_alternate() {
        commitMs = 60;
        for (int i = 0; i < 4; i++) {
            commit();
        }

        assertThat(used).containsExactly(0, 1, 0, 1);
    }

    @Test
    void failedCommit_endsAUse() {
        commitMs = 60;
        isFailing = true;
        assertThatExceptionOfType(KafkaException.class).isThrownBy(this::commit);
        isFailing = false;
        commit();

        assertThat(used).containsExactly(0, 1);
    }
}
