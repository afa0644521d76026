package io.wadi.kafka.producer;

import io.wadi.kafka.RecordDelivery.DirectSend;
import io.wadi.runtime.config.Units;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** The unacknowledged sends of a consumer. Thread-safe. */
public final class Acknowledgements {
    private static final Duration EXPEDITED_TIMEOUT = Duration.ofSeconds(5);

    private int outstanding;
    private Exception failure;
    private boolean expedited;

    /**
     * Sends a record and counts it. The future completes immediately with an unknown offset. If the producer rejects
     * the record before sending, such as one that is too large, the future fails and the record is not counted.
     */
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback, DirectSend direct) {
        SendCallback outcome = new SendCallback();
        sent();
        try {
            direct.send(sent, outcome);
        } catch (RuntimeException e) {
            outcome.end(null);
            throw e;
        }
        return complete(sent, callback, outcome.rejection);
    }

    /** Completes a send immediately, with an unknown offset or an error. */
    static Future<RecordMetadata> complete(ProducerRecord<Object, Object> sent, Callback callback, Exception error) {
        RecordMetadata unknown = new RecordMetadata(new TopicPartition(sent.topic(), -1), -1, -1, -1, -1, -1);
        if (callback != null) {
            callback.onCompletion(unknown, error);
        }
        return error == null ? CompletableFuture.completedFuture(unknown) : CompletableFuture.failedFuture(error);
    }

    /**
     * A callback that ends a send once. The producer reports a rejection within the send, on the sending thread. A
     * producer in an error state may append a record, throw, and call back later.
     */
    private final class SendCallback implements Callback {
        private final Thread sender = Thread.currentThread();
        private final AtomicBoolean hasEnded = new AtomicBoolean();
        private Exception rejection;

        @Override
        public void onCompletion(RecordMetadata metadata, Exception error) {
            if (error != null && Thread.currentThread().equals(sender)) {
                rejection = error;
                end(null);
            } else {
                end(error);
            }
        }

        void end(Exception error) {
            if (hasEnded.compareAndSet(false, true)) {
                completed(error);
            }
        }
    }

    synchronized void sent() {
        outstanding++;
    }

    synchronized void completed(Exception error) {
        outstanding--;
        if (error != null && failure == null) {
            failure = error;
        }
        if (outstanding == 0) {
            notifyAll();
        }
    }

    /** Returns whether a send has failed since the last {@link #await}. */
    public synchronized boolean hasFailed() {
        return failure != null;
    }

    /** Limits every wait, including the current one, to five seconds from now on. */
    public synchronized void expedite() {
        expedited = true;
        notifyAll();
    }

    /**
     * Waits until all sends are acknowledged or have failed.
     *
     * @return the first failure since the last call, which may be a timeout; null if there is none
     */
    public synchronized Exception await(Duration atMost) {
        long begin = System.nanoTime();
        boolean isShortened = false;
        Duration within = atMost;
        while (outstanding > 0) {
            if (expedited && !isShortened) {
                isShortened = true;
                begin = System.nanoTime();
                within = EXPEDITED_TIMEOUT;
            }
            long leftMs = (begin + within.toNanos() - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return new TimeoutException(outstanding + " sends were not acknowledged within " + Units.text(within));
            }
            try {
                wait(leftMs);
            } catch (InterruptedException e) {
                throw new org.apache.kafka.common.errors.InterruptException(e);
            }
        }
        Exception first = failure;
        failure = null;
        return first;
    }
}
