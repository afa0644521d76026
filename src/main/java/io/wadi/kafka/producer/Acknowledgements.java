package io.wadi.kafka.producer;

import io.wadi.kafka.RecordDelivery.DirectSend;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Counts the sends that a consumer's poll led to, until Kafka has acknowledged all of them. Thread-safe. */
public final class Acknowledgements {
    private static final Duration IN_A_HURRY = Duration.ofSeconds(5);

    private int outstanding;
    private Exception failure;
    private boolean hurried;

    /**
     * Sends a record and counts its answer. Answers at once, with an unknown offset. What the producer refuses before it sends
     * anything, such as a record that is too large, fails this send and is not counted: it is the record's own fault.
     */
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback, DirectSend direct) {
        Counted answer = new Counted();
        sent();
        try {
            direct.send(sent, answer);
        } catch (RuntimeException e) {
            answered(null);
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

    /** Counts one send's answer. A refusal is answered within the send, on its thread. */
    private final class Counted implements Callback {
        private final Thread sender = Thread.currentThread();
        private Exception refusal;

        @Override
        public void onCompletion(RecordMetadata metadata, Exception error) {
            if (error != null && Thread.currentThread().equals(sender)) {
                refusal = error;
                answered(null);
            } else {
                answered(error);
            }
        }
    }

    synchronized void sent() {
        outstanding++;
    }

    synchronized void answered(Exception error) {
        outstanding--;
        if (error != null && failure == null) {
            failure = error;
        }
        if (outstanding == 0) {
            notifyAll();
        }
    }

    /** Whether a send has failed since the last {@link #await}. */
    public synchronized boolean hasFailed() {
        return failure != null;
    }

    /** Lets no wait, the one that is under way included, take longer than {@link #IN_A_HURRY} from now on. */
    public synchronized void hurry() {
        hurried = true;
        notifyAll();
    }

    /**
     * Waits until every send has its answer.
     *
     * @return the first failure since the last call, a timeout included, or null
     */
    public synchronized Exception await(Duration atMost) {
        long begin = System.nanoTime();
        boolean inAHurry = false;
        Duration within = atMost;
        while (outstanding > 0) {
            if (hurried && !inAHurry) {
                inAHurry = true;
                begin = System.nanoTime();
                within = IN_A_HURRY;
            }
            long leftMs = (begin + within.toNanos() - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return new TimeoutException(outstanding + " sends were not acknowledged within " + within);
            }
            try {
                wait(leftMs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new org.apache.kafka.common.errors.InterruptException(e);
            }
        }
        Exception first = failure;
        failure = null;
        return first;
    }
}
