package io.wadi.extension.connectors.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.GroupOffset.Committed;
import io.wadi.kafka.Producers;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class ConnectorSinkTest {
    private final InMemoryGroup group = new InMemoryGroup(new Committed(100, ""));

    /** A commit with an unknown outcome has succeeded: the committed offset is ahead of the redelivered batches. */
    @Test
    void batchesBelowTheCommittedOffset_areNeitherWrittenNorCommitted() {
        RecordingSink sink = new RecordingSink(batch(50, 80));

        sink.append(batch(50, 80));
        assertThat(sink.position()).isEqualTo(100);
        sink.tick();
        assertThat(sink.written).isEmpty();
        assertThat(group.commits()).isEmpty();

        sink.append(batch(81, 110));
        sink.tick();
        assertThat(sink.written)
                .isEqualTo(LongStream.rangeClosed(100, 110).boxed().toList());
        assertThat(sink.position()).isEqualTo(111);
        assertThat(group.commits()).containsExactly(new Committed(111, ""));
    }

    private RecordBatch batch(long first, long last) {
        return group.batch(
                first, Collections.nCopies((int) (last - first + 1), "x").toArray(String[]::new));
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
}
