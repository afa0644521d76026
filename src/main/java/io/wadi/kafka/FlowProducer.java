package io.wadi.kafka;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The producer of every flow. A send on a {@link FlowConsumer}'s thread is answered at once, with an unknown offset, and
 * its acknowledgement is waited for by that consumer before it commits; everywhere else a send is answered when Kafka has
 * acknowledged it, as with Kafka's own producer. Where that consumer's route is to be exactly once, the send is a part of the
 * consumer's transaction, with the settings that all transactions have. Thread-safe.
 */
final class FlowProducer extends KafkaProducer<Object, Object> {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Runnable onClose;

    FlowProducer(Properties properties, Runnable onClose) {
        super(properties);
        this.onClose = onClose;
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
        FlowConsumer transacting = FlowConsumer.transactingOnThisThread();
        if (transacting != null) {
            return transacting.sendInTransaction(sent, callback);
        }
        Acknowledgements counted = FlowConsumer.countingOnThisThread();
        return counted == null ? super.send(sent, callback) : sendCounted(sent, callback, counted);
    }

    private Future<RecordMetadata> sendCounted(
            ProducerRecord<Object, Object> sent, Callback callback, Acknowledgements counted) {
        Counted answer = new Counted(counted);
        counted.sent();
        try {
            super.send(sent, answer);
        } catch (RuntimeException e) {
            counted.answered(null);
            throw e;
        }
        RecordMetadata unknown = new RecordMetadata(new TopicPartition(sent.topic(), -1), -1, -1, -1, -1, -1);
        if (callback != null) {
            callback.onCompletion(unknown, answer.refusal);
        }
        return answer.refusal == null
                ? CompletableFuture.completedFuture(unknown)
                : CompletableFuture.failedFuture(answer.refusal);
    }

    /**
     * Counts one send's answer. What the producer refuses before it sends anything (a record that is too large) is answered
     * within the send, on its thread: that is the record's own fault and told to its exchange, not to the consumer.
     */
    private static final class Counted implements Callback {
        private final Acknowledgements counted;
        private final Thread sender = Thread.currentThread();
        private Exception refusal;

        Counted(Acknowledgements counted) {
            this.counted = counted;
        }

        @Override
        public void onCompletion(RecordMetadata metadata, Exception error) {
            if (error != null && Thread.currentThread().equals(sender)) {
                refusal = error;
                counted.answered(null);
            } else {
                counted.answered(error);
            }
        }
    }

    @Override
    public void close() {
        onClose.run();
    }

    /** Waits until everything sent has its answer, as long as five seconds, then closes; who waits for an answer after that gets a failure. */
    void closeForGood() {
        super.close(CLOSE_WITHIN);
    }
}
