package io.wadi.extension.connectors.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.TransactionalSends;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends records and offsets of a source, each time in one transaction, with a producer that has the transactional id of
 * the source. Opening the producer ends the transaction of the former owner and fences that owner. For one thread.
 */
final class SourceTransactions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SourceTransactions.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Producer<Object, Object> producer;
    private final String offsetsTopic;
    private final String source;

    private SourceTransactions(Producer<Object, Object> producer, String offsetsTopic, String source) {
        this.producer = producer;
        this.offsetsTopic = offsetsTopic;
        this.source = source;
    }

    /**
     * Opens the producer of a source. When this returns, the transaction of the former owner is committed or aborted.
     *
     * @param producer has the transactional id of the source; closed by {@link #close}
     * @throws KafkaException if Kafka does not respond
     */
    static SourceTransactions open(Producer<Object, Object> producer, String offsetsTopic, String source) {
        try {
            producer.initTransactions();
            return new SourceTransactions(producer, offsetsTopic, source);
        } catch (RuntimeException e) {
            producer.close(CLOSE_WITHIN);
            throw e;
        }
    }

    /** Commits as described in {@link SourceBatch#commit}. */
    void commit(List<ProducerRecord<Object, Object>> records, Map<String, String> offsets) {
        producer.beginTransaction();
        try {
            TransactionalSends sends = new TransactionalSends(producer);
            records.forEach(sends::send);
            offsets.forEach((sourcePartition, offset) -> sends.send(new ProducerRecord<>(
                    offsetsTopic,
                    0,
                    SourceOffsets.key(source, sourcePartition),
                    offset == null ? null : offset.getBytes(UTF_8))));
            sends.locations();
            producer.commitTransaction();
        } catch (KafkaException e) {
            abort();
            throw e;
        }
    }

    private void abort() {
        try {
            producer.abortTransaction();
        } catch (RuntimeException e) {
            LOG.debug("The transaction was not aborted; the next producer of the source aborts it", e);
        }
    }

    /** Never throws, also on an interrupted thread, which stays interrupted. */
    @Override
    public void close() {
        Utils.closeQuietly(() -> producer.close(CLOSE_WITHIN), "the producer of source " + source);
    }
}
