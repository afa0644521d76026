package io.wadi.kafka.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.Causes;
import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.Prober;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Proves that Kafka takes records and gives them back: writes one with acks=all, and reads it. Each of its steps (metadata,
 * acknowledgement, reading) has a time limit of its own.
 */
public final class KafkaRoundTrip implements Prober.Probe {
    private final KafkaClients kafka;
    private final String topic;
    private final Duration within;
    private final String who = UUID.randomUUID().toString();
    private Producer<byte[], byte[]> producer;
    private Consumer<byte[], byte[]> consumer;
    private long times;

    /** Takes the topic that is written to, and how long each step may take. Connects with the first look. */
    public KafkaRoundTrip(KafkaClients kafka, String topic, Duration within) {
        this.kafka = kafka;
        this.topic = topic;
        this.within = within;
    }

    @Override
    public CheckResult look() throws InterruptedException {
        long begun = System.nanoTime();
        byte[] value = "%s %d".formatted(who, ++times).getBytes(UTF_8);
        RecordMetadata sent;
        try {
            sent = producer().send(new ProducerRecord<>(topic, 0, null, value)).get();
        } catch (ExecutionException | KafkaException e) {
            return fault("a record could not be written to " + topic, e);
        }
        try {
            String read = read(sent);
            return read != null
                    ? CheckResult.fault(read)
                    : CheckResult.proof("wrote and read %s@%d in %d ms"
                            .formatted(partition(), sent.offset(), (System.nanoTime() - begun) / 1_000_000));
        } catch (KafkaException e) {
            return fault("%s@%d was written and could not be read".formatted(partition(), sent.offset()), e);
        }
    }

    /** What is wrong with it, or null. */
    private String read(RecordMetadata sent) {
        Consumer<byte[], byte[]> reader = consumer();
        reader.assign(List.of(partition()));
        reader.seek(partition(), sent.offset());
        long giveUp = System.nanoTime() + within.toNanos();
        while (System.nanoTime() - giveUp < 0) {
            for (ConsumerRecord<byte[], byte[]> each : reader.poll(within)) {
                if (each.offset() == sent.offset()) {
                    return null;
                }
                return "%s@%d was written, and not it but @%d is read"
                        .formatted(partition(), sent.offset(), each.offset());
            }
        }
        return "%s@%d was written and is not given back within %d ms"
                .formatted(partition(), sent.offset(), within.toMillis());
    }

    private CheckResult fault(String what, Exception e) throws InterruptedException {
        if (e instanceof InterruptException) {
            throw new InterruptedException();
        }
        return CheckResult.fault(what + ": " + Causes.inShort(e));
    }

    private TopicPartition partition() {
        return new TopicPartition(topic, 0);
    }

    private Producer<byte[], byte[]> producer() {
        if (producer == null) {
            producer = kafka.probingProducer(within);
        }
        return producer;
    }

    private Consumer<byte[], byte[]> consumer() {
        if (consumer == null) {
            consumer = kafka.probingConsumer(within);
        }
        return consumer;
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
        if (consumer != null) {
            consumer.close(Duration.ZERO);
        }
    }
}
