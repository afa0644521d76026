package io.wadi.extension.connectors.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a source's records and its offsets in one transaction each, by a producer with the source's transactional id: opening it
 * ends the former owner's transaction and fences that owner. For one thread.
 */
final class SourceTransactions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SourceTransactions.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Producer<Object, Object> producer;
    private final String positionsTopic;
    private final String source;

    /** The first that was refused, and why. */
    private record Refused(int place, Exception cause) {}

    private SourceTransactions(Producer<Object, Object> producer, String positionsTopic, String source) {
        this.producer = producer;
        this.positionsTopic = positionsTopic;
        this.source = source;
    }

    /**
     * Opens the producer of a source. The former owner's transaction is committed or aborted when this returns.
     *
     * @param producer with the transactional id of the source; closed with this
     * @throws KafkaException where Kafka does not answer
     */
    static SourceTransactions open(Producer<Object, Object> producer, String positionsTopic, String source) {
        try {
            producer.initTransactions();
            return new SourceTransactions(producer, positionsTopic, source);
        } catch (RuntimeException e) {
            producer.close(CLOSE_WITHIN);
            throw e;
        }
    }

    /** See {@link SourceBatch#keep}. */
    void commit(List<ProducerRecord<Object, Object>> records, Map<String, String> positions)
            throws RejectedSendException {
        AtomicReference<Refused> refused = new AtomicReference<>();
        producer.beginTransaction();
        try {
            for (int i = 0; i < records.size(); i++) {
                int place = i;
                producer.send(records.get(i), (metadata, error) -> {
                    if (error != null) {
                        refused.compareAndSet(null, new Refused(place, error));
                    }
                });
            }
            positions.forEach((part, position) -> producer.send(new ProducerRecord<>(
                    positionsTopic,
                    0,
                    SourceOffsets.key(source, part),
                    position == null ? null : position.getBytes(UTF_8))));
            producer.flush();
            if (refused.get() == null) {
                producer.commitTransaction();
                return;
            }
        } catch (KafkaException e) {
            abort();
            if (refused.get() == null) {
                throw e;
            }
        }
        abort();
        Refused first = refused.get();
        if (isForGood(first.cause())) {
            throw new RejectedSendException(first.place(), first.cause());
        }
        throw new KafkaException("what was read was not taken: " + first.cause().getMessage(), first.cause());
    }

    private static boolean isForGood(Exception cause) {
        return cause instanceof RecordTooLargeException
                || cause instanceof RecordBatchTooLargeException
                || cause instanceof SerializationException
                || cause instanceof InvalidTimestampException
                || cause instanceof InvalidConfigurationException;
    }

    private void abort() {
        try {
            producer.abortTransaction();
        } catch (RuntimeException e) {
            LOG.debug("The transaction is left to who opens the outbox next", e);
        }
    }

    @Override
    public void close() {
        producer.close(CLOSE_WITHIN);
    }
}
