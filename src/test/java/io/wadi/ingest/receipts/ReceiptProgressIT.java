package io.wadi.ingest.receipts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Progress of receipts, compared with committed offsets on real Kafka. */
class ReceiptProgressIT {
    private static final String DEAD_LETTERS = "receipt-progress-dead-letters";

    @AutoClose
    private final ReceiptProgress progress =
            new ReceiptProgress(KafkaProbe.clients(), new Targets(new DefaultCamelContext(), Set::of), DEAD_LETTERS);

    private static ReceiptQuery query(String topic, long offset) {
        Receipt receipt = new Receipt(new TopicPartition(topic, 0), offset);
        return new ReceiptQuery("client", List.of(receipt), Duration.ZERO, 1);
    }

    /** Checks queries until each is checked or has failed. */
    private void check(ReceiptQuery... queries) {
        List<ReceiptQuery> unchecked = new ArrayList<>(List.of(queries));
        Awaitility.await().until(() -> {
            progress.check(unchecked);
            unchecked.removeIf(each -> each.isChecked() || each.answer().isDone());
            return unchecked.isEmpty();
        });
    }

    @Test
    void topicThatCannotBeDescribed_failsOnlyItsOwnQuestions() throws Exception {
        String topic = "receipt-progress";
        TopicProbe.create(topic, 1);
        KafkaProbe.send(new ProducerRecord<>(topic, 0, null, "{}".getBytes(UTF_8)));
        ReceiptQuery undescribed = query("no topic's name", 0);
        ReceiptQuery existing = query(topic, 0);
        ReceiptQuery missing = query(topic, 1);
        ReceiptQuery unknown = query("receipt-progress-unknown", 0);

        check(undescribed, existing, missing, unknown);

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> undescribed.answer().get())
                .withCauseInstanceOf(KafkaException.class);
        assertThat(existing.answer()).isNotDone();
        assertThat(existing.partitions()).containsExactly(new TopicPartition(topic, 0));
        assertThat(Stream.of(missing, unknown).map(each -> each.answer().getNow(null)))
                .allSatisfy(answer -> assertThat(answer).isEmpty());
    }

    @Test
    void topicThatIsCreated_isFoundByTheNextQuestion() throws Exception {
        String topic = "receipt-progress-created";
        ReceiptQuery before = query(topic, 0);
        check(before);
        assertThat(before.answer().get()).isEmpty();
        TopicProbe.create(topic, 1);
        KafkaProbe.send(new ProducerRecord<>(topic, 0, null, "{}".getBytes(UTF_8)));

        ReceiptQuery after = query(topic, 0);
        check(after);

        assertThat(after.partitions()).containsExactly(new TopicPartition(topic, 0));
    }
}
