package io.wadi.kafka.streams;

import io.wadi.kafka.records.PollLimit;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;

/**
 * The clients of a topology. The polls of all its consumers are {@link PollLimit limited}. Those of its input leave their group
 * whenever they are closed: by default Kafka Streams' consumers stay in it, also those of a thread that has failed and is
 * replaced, so that their partitions wait for the session timeout.
 */
final class TopologyClients extends DefaultKafkaClientSupplier implements AutoCloseable {
    private volatile GlobalConsumer globalConsumer;

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new LimitedConsumer(config, PollLimit.ofHeap()) {
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
