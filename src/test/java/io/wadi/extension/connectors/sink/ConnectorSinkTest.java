package io.wadi.extension.connectors.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.Producers;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.Records;
import io.wadi.kafka.TransactionPart;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ConnectorSinkTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 0);

    private final Group group = new Group(100);

    /** A commit in doubt has succeeded: the committed offset is ahead of the batches that are delivered again. */
    @Test
    void batchesBeforeTheCommittedOffset_areNeitherWrittenNorCommittedAgain() {
        RecordingSink sink = new RecordingSink(batch(50, 80));

        sink.append(batch(50, 80));
        assertThat(sink.position()).isEqualTo(100);
        sink.tick();
        assertThat(sink.written).isEmpty();
        assertThat(group.commits).isEmpty();

        sink.append(batch(81, 110));
        sink.tick();
        assertThat(sink.written)
                .isEqualTo(LongStream.rangeClosed(100, 110).boxed().toList());
        assertThat(sink.position()).isEqualTo(111);
        assertThat(group.commits).containsExactly(111L);
    }

    private RecordBatch batch(long first, long last) {
        List<ConsumerRecord<byte[], ByteBuffer>> records = LongStream.rangeClosed(first, last)
                .mapToObj(offset -> Records.record(PARTITION, offset, "x"))
                .toList();
        return new RecordBatch(PARTITION, records, first, group);
    }

    private static final class RecordingSink extends ConnectorSink {
        private final List<Long> written = new ArrayList<>();

        RecordingSink(RecordBatch first) {
            super(first, "route", new DeadLetterSender("dead", Producers::inMemory), Duration.ZERO);
        }

        @Override
        protected void write(List<ConsumerRecord<byte[], ByteBuffer>> records) {
            assertThat(records).isNotEmpty();
            records.forEach(each -> written.add(each.offset()));
        }

        @Override
        protected String flush() {
            return "";
        }
    }

    /** The group's offset of the partition. */
    private static final class Group implements GroupOffset, RecordBatch.ConsumerOperations {
        private final long committed;
        private final List<Long> commits = new ArrayList<>();

        Group(long committed) {
            this.committed = committed;
        }

        @Override
        public Committed read() {
            return new Committed(committed, "");
        }

        @Override
        public boolean isExclusive() {
            return true;
        }

        @Override
        public boolean commit(Committed wanted) {
            commits.add(wanted.offset());
            return true;
        }

        @Override
        public void commit(Committed wanted, List<ProducerRecord<Object, Object>> sent) {
            commits.add(wanted.offset());
        }

        @Override
        public void join(TransactionPart part) {
            throw new UnsupportedOperationException("the sink commits alone");
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
}
