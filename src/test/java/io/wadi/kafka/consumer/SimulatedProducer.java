package io.wadi.kafka.consumer;

import io.wadi.kafka.consumer.SimulatedRecord.Delivery;
import io.wadi.kafka.consumer.SimulatedRecord.Kind;
import io.wadi.kafka.consumer.SimulatedRecord.Sent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serializer;

/** The producer of a route: sends that are refused, rejected or acknowledged late, and transactions. */
final class SimulatedProducer {
    private static final Serializer<Object> BYTES = (topic, data) -> (byte[]) data;
    private static final Executor PRODUCER = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "producer");
        thread.setDaemon(true);
        return thread;
    });

    private final Random random;
    private final SimulatedFaults faults;
    private final Predicate<Set<TopicPartition>> isOwner;
    private final Consumer<Map<TopicPartition, OffsetAndMetadata>> store;
    private final IdentityHashMap<ProducerRecord<?, ?>, Sent> outputs = new IdentityHashMap<>();
    private final List<Unanswered> unanswered = new ArrayList<>();
    private Undecided undecided;

    private record Unanswered(Sent sent, Callback callback, CompletableFuture<RecordMetadata> answer) {}

    /** A transaction with an outcome that Kafka has not reported yet. */
    private record Undecided(List<Sent> sent, Map<TopicPartition, OffsetAndMetadata> offsets) {}

    /**
     * @param isOwner whether the group lets this member commit offsets of these partitions
     * @param store commits the offsets of a transaction
     */
    SimulatedProducer(
            Random random,
            SimulatedFaults faults,
            Predicate<Set<TopicPartition>> isOwner,
            Consumer<Map<TopicPartition, OffsetAndMetadata>> store) {
        this.random = random;
        this.faults = faults;
        this.isOwner = isOwner;
        this.store = store;
    }

    ProducerRecord<Object, Object> output(Delivery delivery, Kind kind) {
        ProducerRecord<Object, Object> output = new ProducerRecord<>("out", new byte[0]);
        outputs.put(output, delivery.send(kind));
        return output;
    }

    /** Marks the send of this output as reported to its exchange as failed. */
    void reportFailure(ProducerRecord<Object, Object> output) {
        outputs.get(output).reportAsFailed();
    }

    /** Sends outside of transactions. */
    Future<RecordMetadata> send(ProducerRecord<Object, Object> output, Callback callback) {
        Sent sent = outputs.get(output);
        Exception refusal = refusal(sent);
        if (refusal != null) {
            complete(callback, refusal);
            return CompletableFuture.failedFuture(refusal);
        }
        Unanswered send = new Unanswered(sent, callback, new CompletableFuture<>());
        if (faults.oneIn(10)) {
            unanswered.add(send);
        } else {
            answer(send, rejection(sent));
        }
        return send.answer;
    }

    private Exception refusal(Sent sent) {
        if (sent.kind() == Kind.REFUSED) {
            return new RecordTooLargeException();
        }
        return faults.fails() ? new TimeoutException("no room") : null;
    }

    private Exception rejection(Sent sent) {
        if (sent.kind() == Kind.REJECTED) {
            return new RecordTooLargeException();
        }
        return faults.fails() ? new TimeoutException("not acknowledged") : null;
    }

    private static void complete(Callback callback, Exception error) {
        if (callback != null) {
            callback.onCompletion(null, error);
        }
    }

    private static void answer(Unanswered send, Exception error) {
        send.sent.answered(error == null);
        onProducersThread(() -> complete(send.callback, error));
        if (error == null) {
            send.answer.complete(null);
        } else {
            send.answer.completeExceptionally(error);
        }
    }

    /** Runs the callback on the producer's thread: on the sender's thread it would count as a refused send. */
    private static void onProducersThread(Runnable work) {
        CompletableFuture.runAsync(work, PRODUCER).join();
    }

    /** Answers some of the pending sends. */
    void answerSome() {
        unanswered.removeIf(each -> {
            boolean now = random.nextBoolean();
            if (now) {
                answer(each, rejection(each.sent));
            }
            return now;
        });
    }

    void answerAll() {
        while (!unanswered.isEmpty()) {
            Unanswered send = unanswered.remove(0);
            answer(send, rejection(send.sent));
        }
    }

    /** Waits until a send is answered. */
    void await(Future<RecordMetadata> answer) {
        for (Iterator<Unanswered> each = unanswered.iterator(); each.hasNext(); ) {
            Unanswered send = each.next();
            if (send.answer == answer) {
                each.remove();
                answer(send, rejection(send.sent));
                return;
            }
        }
    }

    // ---- transactions

    Producer<Object, Object> transactional() {
        return new Transactional();
    }

    /** Returns whether there is a transaction with an outcome that Kafka has not reported yet. */
    boolean isUndecided() {
        return undecided != null;
    }

    /** Commits or aborts the transaction without a reported outcome, if there is one. */
    void decide() {
        if (undecided != null) {
            if (random.nextBoolean()) {
                commit(undecided.sent, undecided.offsets);
            }
            undecided = null;
        }
    }

    private void commit(List<Sent> all, Map<TopicPartition, OffsetAndMetadata> offsets) {
        all.forEach(Sent::committed);
        store.accept(offsets);
    }

    /** A producer that commits all of a transaction or nothing. */
    private final class Transactional extends MockProducer<Object, Object> {
        private final List<Sent> open = new ArrayList<>();
        private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();

        Transactional() {
            super(true, null, BYTES, BYTES);
        }

        @Override
        public void beginTransaction() {
            open.clear();
            offsets.clear();
            super.beginTransaction();
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<Object, Object> output, Callback callback) {
            Sent sent = outputs.get(output);
            Exception refusal = refusal(sent);
            if (refusal != null) {
                complete(callback, refusal);
                return CompletableFuture.failedFuture(refusal);
            }
            Exception error = rejection(sent);
            if (error != null) {
                onProducersThread(() -> complete(callback, error));
                return CompletableFuture.failedFuture(error);
            }
            open.add(sent);
            return super.send(output, callback);
        }

        @Override
        public void sendOffsetsToTransaction(Map<TopicPartition, OffsetAndMetadata> sent, ConsumerGroupMetadata group) {
            if (faults.fails() || !isOwner.test(sent.keySet())) {
                throw new CommitFailedException("generation");
            }
            offsets.putAll(sent);
            super.sendOffsetsToTransaction(sent, group);
        }

        @Override
        public void commitTransaction() {
            if (faults.fails()) {
                throw new KafkaException("not committed");
            }
            super.commitTransaction();
            if (faults.fails()) {
                undecided = new Undecided(List.copyOf(open), Map.copyOf(offsets));
                throw new KafkaException("the answer is lost");
            }
            commit(open, offsets);
        }
    }
}
