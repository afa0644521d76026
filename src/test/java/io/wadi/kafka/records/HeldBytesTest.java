package io.wadi.kafka.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class HeldBytesTest {
    private static final int OBJECTS = 10_000;
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    /** Returns the heap of an object and of its reference in an array. */
    private static double allocated(IntFunction<Object> objects) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertThat(objects.apply(0)).isNotNull(); // loads its classes
        long before = threads.getCurrentThreadAllocatedBytes();
        Object[] held = new Object[OBJECTS];
        for (int i = 0; i < OBJECTS; i++) {
            held[i] = objects.apply(i);
        }
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(held).doesNotContainNull();
        return bytes / (double) OBJECTS;
    }

    @Test
    void header_countsByItsObjects() {
        double undecoded = allocated(i -> new RecordHeader(EMPTY.slice(), EMPTY.slice()));
        double decoded = allocated(i -> new RecordHeader(new String(new char[] {'a'}), new byte[1]));

        assertThat(Math.max(undecoded, decoded)).isBetween(0.6 * HeldBytes.PER_HEADER, 1.0 * HeldBytes.PER_HEADER);
    }

    @Test
    void record_countsByItsObjects() {
        double bytes = allocated(i -> new ConsumerRecord<Object, Object>(
                "topic",
                0,
                i,
                i,
                TimestampType.CREATE_TIME,
                0,
                0,
                new byte[0],
                EMPTY.slice(),
                new RecordHeaders(),
                Optional.of(1000 + i)));

        assertThat(bytes).isBetween(0.6 * HeldBytes.PER_RECORD, 1.0 * HeldBytes.PER_RECORD);
    }

    @Test
    void keyAndHeaders_countByObjectsAndContents() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("name", "value".getBytes(UTF_8)).add("empty", null);

        assertThat(HeldBytes.of(new byte[3], headers)).isEqualTo(3 + 4 + 5 + 5 + 2 * HeldBytes.PER_HEADER);
        assertThat(HeldBytes.of("no bytes", new RecordHeaders())).isZero();
    }
}
