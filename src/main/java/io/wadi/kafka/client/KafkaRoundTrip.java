package io.wadi.kafka.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.Causes;
import io.wadi.kafka.records.TopicReader;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.Prober;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * A probe that writes a record with {@code acks=all} and reads it back. Each step (metadata, acknowledgement, reading)
 * has its own timeout.
 */
public final class KafkaRoundTrip implements Prober.Probe {
    private final KafkaClients kafka;
    private final String topic;
    private final Duration stepTimeout;
    private final String id = UUID.randomUUID().toString();
    private Producer<byte[], byte[]> producer;
    /** Whether Kafka has acknowledged a record of the producer. */
    private boolean isProven;

    private TopicReader reader;
    private long count;

    /** Creates a probe, which connects on its first check. */
    public KafkaRoundTrip(KafkaClients kafka, String topic, Duration stepTimeout) {
        this.kafka = kafka;
        this.topic = topic;
        this.stepTimeout = stepTimeout;
    }

    @Override
    public CheckResult check() throws InterruptedException {
        long begun = System.nanoTime();
        byte[] value = "%s %d".formatted(id, ++count).getBytes(UTF_8);
        RecordMetadata sent;
        try {
            sent = producer().send(new ProducerRecord<>(topic, 0, null, value)).get();
            isProven = true;
        } catch (ExecutionException | KafkaException e) {
            CheckResult fault = fault("failed to write a record to " + topic, e);
            replaceProducer();
            return fault;
        }
        try {
            String read = read(sent);
            return read != null
                    ? CheckResult.fault(read)
                    : CheckResult.proof("wrote and read %s@%d in %d ms"
                            .formatted(partition(), sent.offset(), (System.nanoTime() - begun) / 1_000_000));
        } catch (KafkaException e) {
            return fault("failed to read %s@%d, which was written".formatted(partition(), sent.offset()), e);
        }
    }

    /** Reads the record back. Returns the fault; null if there is none. */
    private String read(RecordMetadata sent) {
        if (reader == null) {
            reader = kafka.probingReader(stepTimeout);
        }
        ConsumerRecord<byte[], byte[]> first = reader.firsts(
                        Map.of(partition(), sent.offset()), Map.of(partition(), Long.MAX_VALUE), stepTimeout)
                .get(partition());
        if (first == null) {
            return "%s@%d was written, but not read within %s"
                    .formatted(partition(), sent.offset(), Units.text(stepTimeout));
        }
        return first.offset() == sent.offset()
                ? null
                : "%s@%d was written, but @%d was read".formatted(partition(), sent.offset(), first.offset());
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

    /** A producer that Kafka did not authenticate at its creation sends no record, even if Kafka accepts it later. */
    private void replaceProducer() {
        if (producer != null && !isProven) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }

    private Producer<byte[], byte[]> producer() {
        if (producer == null) {
            producer = kafka.probingProducer(stepTimeout);
        }
        return producer;
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
        if (reader != null) {
            reader.close();
        }
    }
}
