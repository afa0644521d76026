package io.wadi.kafka.consumer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A sink that publishes to memory, after a number of records or on a tick, and records its calls. Like landing, it
 * resumes at the end of its published records, or at the committed offset if that is higher.
 */
final class FakeSink implements PartitionSink {

    /** The state that all sinks of a test share, in place of a file system. Thread-safe. */
    static final class Store implements Processor {
        /** Decides whether a step of a sink fails: append, publish, tick, finish. */
        interface Plan {
            boolean fails(String step, TopicPartition partition, long position);
        }

        private final int publishEvery;
        private final Map<TopicPartition, List<Long>> published = new ConcurrentHashMap<>();
        private final List<String> calls = new ArrayList<>();
        private volatile Plan plan = (step, partition, position) -> false;
        private volatile boolean publishOnTick;
        private volatile Predicate<TopicPartition> full = partition -> false;
        private volatile String deadLetterTopic;

        Store(int publishEvery) {
            this.publishEvery = publishEvery;
        }

        void plan(Plan newPlan) {
            plan = newPlan;
        }

        void publishOnTick(boolean does) {
            publishOnTick = does;
        }

        /** Sets which partitions have sinks that apply backpressure. */
        void full(Predicate<TopicPartition> whether) {
            full = whether;
        }

        /** From now on, each commit sends a record with the offset to this topic, in its transaction. */
        void sendWithCommits(String topic) {
            deadLetterTopic = topic;
        }

        /** Pretends that these offsets were published before. */
        void publish(TopicPartition partition, long first, long last) {
            for (long offset = first; offset <= last; offset++) {
                add(partition, List.of(offset));
            }
        }

        private synchronized void add(TopicPartition partition, List<Long> offsets) {
            published.computeIfAbsent(partition, key -> new ArrayList<>()).addAll(offsets);
        }

        /** Returns the offsets in the order in which they were published. */
        synchronized List<Long> published(TopicPartition partition) {
            return List.copyOf(published.getOrDefault(partition, List.of()));
        }

        private synchronized long next(TopicPartition partition) {
            return published(partition).stream()
                            .mapToLong(Long::longValue)
                            .max()
                            .orElse(-2)
                    + 1;
        }

        private synchronized void called(String step, TopicPartition partition) {
            calls.add(step + " " + partition);
        }

        /** Returns the number of calls of a step. */
        synchronized long calls(String step, TopicPartition partition) {
            return calls.stream().filter((step + " " + partition)::equals).count();
        }

        @Override
        public void process(Exchange exchange) {
            RecordBatch batch = exchange.getMessage().getBody(RecordBatch.class);
            batch.sink(FakeSink.class, first -> new FakeSink(this, first)).append(batch);
        }
    }

    private final Store store;
    private final TopicPartition partition;
    private final List<Long> open = new ArrayList<>();
    private long position;
    private final GroupOffset group;
    private long published;
    private long committed;

    private FakeSink(Store store, RecordBatch first) {
        this.store = store;
        this.partition = first.partition();
        step("open");
        group = first.groupOffset();
        committed = group.read().offset();
        position = Math.max(store.next(partition), committed);
        if (position < 0) {
            position = first.firstOffset();
        }
        published = position;
    }

    private void step(String name) {
        store.called(name, partition);
        if (store.plan.fails(name, partition, position)) {
            throw new IllegalStateException("planned failure of " + name + " at " + partition + "@" + position);
        }
    }

    private void append(RecordBatch batch) {
        if (batch.from() > position) {
            return;
        }
        for (ConsumerRecord<byte[], ByteBuffer> given : batch.records()) {
            if (given.offset() >= position) {
                step("append");
                open.add(given.offset());
                position = given.offset() + 1;
                if (open.size() == store.publishEvery) {
                    publish();
                }
            }
        }
    }

    private void publish() {
        step("publish");
        store.add(partition, open);
        open.clear();
        published = position;
        commit();
    }

    @Override
    public boolean appliesBackpressure() {
        return store.full.test(partition);
    }

    @Override
    public Failure failure() {
        return appliesBackpressure() ? new Failure("planned failure", 1) : null;
    }

    private void commit() {
        if (published > committed && store.deadLetterTopic != null) {
            byte[] offset = Long.toString(published).getBytes(UTF_8);
            group.commit(
                    new GroupOffset.Committed(published, ""),
                    List.of(new ProducerRecord<>(store.deadLetterTopic, null, offset)));
            step("sent with its commit");
            committed = published;
        }
        if (published > committed && group.commit(new GroupOffset.Committed(published, ""))) {
            committed = published;
        }
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long safe() {
        return published;
    }

    @Override
    public void expired(long next) {
        step("expired");
        if (!open.isEmpty()) {
            publish();
        }
        position = next;
        published = next;
        commit();
    }

    @Override
    public void tick() {
        step("tick");
        if (store.publishOnTick && !open.isEmpty()) {
            publish();
        }
        commit();
    }

    @Override
    public void finish() {
        step("finish");
        if (!open.isEmpty()) {
            publish();
        }
        commit();
    }

    @Override
    public void abandon() {
        store.called("abandon", partition);
        open.clear();
    }
}
