package io.wadi.kafka.streams;

import io.wadi.kafka.Causes;
import io.wadi.kafka.records.PollLimit;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Kafka clients of a topology. The polls of all its consumers are {@link PollLimit limited}. The consumers of its
 * input leave their group when they are closed. By default, Kafka Streams' consumers stay in it, even those of a failed
 * thread that is being replaced, so that their partitions are not reassigned before the session timeout.
 */
final class TopologyClients extends DefaultKafkaClientSupplier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopologyClients.class);
    /**
     * The time for which polls return single records after an aborted transaction. A transaction contains all records
     * of a poll: Kafka Streams would process the same records in one transaction again, which Kafka would abort again.
     */
    private static final Duration SINGLE_RECORDS = Duration.ofMinutes(1);

    private volatile GlobalConsumer globalConsumer;
    private volatile long singleRecordsUntil = System.nanoTime();

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new LimitedConsumer(config, PollLimit.ofHeap()) {
            @Override
            public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
                return pollsSingleRecords() ? pollSingle(timeout) : super.poll(timeout);
            }

            @Override
            public void close(CloseOptions options) {
                super.close(options.withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
            }
        };
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return new LimitedConsumer(config, PollLimit.ofHeap());
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        globalConsumer = new GlobalConsumer(config);
        return globalConsumer;
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new TransactionalProducer(config);
    }

    private boolean pollsSingleRecords() {
        return singleRecordsUntil - System.nanoTime() > 0;
    }

    /** Ends the restoration of global tables, and thereby the topology's start, with an error. */
    void cancelRestoration() {
        GlobalConsumer restoring = globalConsumer;
        if (restoring != null) {
            restoring.cancel();
        }
    }

    /**
     * Closes the consumer of global tables, after the topology: Kafka Streams leaves it open if the thread that reads
     * them was never started.
     */
    @Override
    public void close() {
        if (globalConsumer != null) {
            globalConsumer.close();
        }
    }

    /** A producer that makes polls return single records for some time after Kafka has aborted a transaction. */
    private final class TransactionalProducer extends KafkaProducer<byte[], byte[]> {
        TransactionalProducer(Map<String, Object> config) {
            super(config, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
            return super.send(record, (metadata, failure) -> {
                note(failure);
                callback.onCompletion(metadata, failure);
            });
        }

        @Override
        public void sendOffsetsToTransaction(
                Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
            try {
                super.sendOffsetsToTransaction(offsets, groupMetadata);
            } catch (KafkaException e) {
                note(e);
                throw e;
            }
        }

        @Override
        public void commitTransaction() {
            try {
                super.commitTransaction();
            } catch (KafkaException e) {
                note(e);
                throw e;
            }
        }

        private void note(Exception failure) {
            if (failure instanceof InvalidProducerEpochException || failure instanceof ProducerFencedException) {
                if (!pollsSingleRecords()) {
                    LOG.warn(
                            "Kafka aborted a transaction, probably since its records or emissions took longer than"
                                    + " transaction.timeout.ms; for {} s each poll returns one record: {}",
                            SINGLE_RECORDS.toSeconds(),
                            Causes.inShort(failure));
                }
                singleRecordsUntil = System.nanoTime() + SINGLE_RECORDS.toNanos();
            }
        }
    }

    private static class LimitedConsumer extends KafkaConsumer<byte[], byte[]> {
        private final PollLimit limit;

        LimitedConsumer(Map<String, Object> config, PollLimit limit) {
            super(config, limit.limited(new ByteArrayDeserializer()), limit.limited(new ByteArrayDeserializer()));
            this.limit = limit;
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            limit.begin();
            return super.poll(timeout);
        }

        ConsumerRecords<byte[], byte[]> pollSingle(Duration timeout) {
            limit.beginSingle();
            return super.poll(timeout);
        }
    }

    /**
     * A consumer of global tables, which can be canceled in polls only: Kafka Streams does not close the tables if an
     * earlier call fails.
     */
    private static final class GlobalConsumer extends LimitedConsumer {
        private volatile boolean isPolling;
        private volatile boolean isCanceled;

        GlobalConsumer(Map<String, Object> config) {
            super(config, PollLimit.ofHeap());
        }

        void cancel() {
            isCanceled = true;
            if (isPolling) {
                wakeup();
            }
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            isPolling = true;
            try {
                if (isCanceled) {
                    throw new WakeupException();
                }
                return AnyTimestamp.withTimestamps(super.poll(timeout));
            } finally {
                isPolling = false;
            }
        }

        /**
         * Closes the consumer. If it was canceled, this does not wait for the response to a fetch, which may take the
         * fetch's maximum wait time.
         */
        @Override
        public void close() {
            if (isCanceled) {
                close(CloseOptions.timeout(Duration.ZERO));
            } else {
                super.close();
            }
        }
    }
}
