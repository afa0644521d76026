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
 * The clients of a topology. The polls of all its consumers are {@link PollLimit limited}. Those of its input leave their group
 * whenever they are closed: by default Kafka Streams' consumers stay in it, also those of a thread that has failed and is
 * replaced, so that their partitions wait for the session timeout.
 */
final class TopologyClients extends DefaultKafkaClientSupplier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopologyClients.class);
    /**
     * How long polls return single records after an aborted transaction. A transaction has all records that were polled
     * together: Kafka Streams would process the same ones in one transaction again, which Kafka would abort again.
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

    /** Makes polls return single records for a while after Kafka has aborted a transaction. */
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
                            "Kafka aborted a transaction, probably since its records took longer than"
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

    /** Is canceled in polls only: Kafka Streams does not close the tables if an earlier call fails. */
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
                return super.poll(timeout);
            } finally {
                isPolling = false;
            }
        }

        /** After it was canceled, does not wait for the broker's response to a fetch, which may take that fetch's maximum wait. */
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
