package io.wadi.extension.connectors.sink;

import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.LoneGroup;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.Records;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A group's committed offset of one partition, for tests of sinks. */
public final class InMemoryGroup extends LoneGroup implements RecordBatch.ConsumerOperations {
    public static final TopicPartition PARTITION = new TopicPartition("events", 0);

    private final List<Committed> commits = new ArrayList<>();
    private final List<ProducerRecord<Object, Object>> deadLetters = new ArrayList<>();
    private Committed committed;
    /** Runs after the next read of the committed offset. */
    private Runnable afterRead = () -> {};

    public InMemoryGroup(Committed committed) {
        this.committed = committed;
    }

    /** Returns a batch of consecutive records. */
    public RecordBatch batch(long first, String... values) {
        List<ConsumerRecord<byte[], ByteBuffer>> records = IntStream.range(0, values.length)
                .mapToObj(i -> Records.record(PARTITION, first + i, values[i]))
                .toList();
        return new RecordBatch(PARTITION, records, first, this);
    }

    /** Appends a batch as a route does. */
    public static void append(ConnectorSink sink, RecordBatch batch) {
        sink.append(batch);
    }

    public List<Committed> commits() {
        return commits;
    }

    /** Returns the records that were sent in transactions with offsets. */
    public List<ProducerRecord<Object, Object>> deadLetters() {
        return deadLetters;
    }

    /** Runs an action after the next read of the committed offset, before the sink continues. */
    public void afterNextRead(Runnable action) {
        afterRead = () -> {
            afterRead = () -> {};
            action.run();
        };
    }

    @Override
    public Committed read() {
        Committed found = committed;
        afterRead.run();
        return found;
    }

    @Override
    public boolean commit(Committed wanted) {
        committed = wanted;
        commits.add(wanted);
        return true;
    }

    @Override
    public void commit(Committed wanted, List<ProducerRecord<Object, Object>> sent) {
        commit(wanted);
        deadLetters.addAll(sent);
    }

    @Override
    public GroupOffset groupOffset() {
        return this;
    }

    @Override
    public PartitionSink claim(RecordBatch batch, Function<RecordBatch, ? extends PartitionSink> open) {
        throw new UnsupportedOperationException("the test opens the sink");
    }

    @Override
    public void isolate(RecordBatch batch) {
        throw new UnsupportedOperationException("no record is retried");
    }
}
