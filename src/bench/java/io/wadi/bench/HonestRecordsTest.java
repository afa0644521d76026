package io.wadi.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.ReservedHeaders;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class HonestRecordsTest {
    private final HonestRecords.Counts counts = new HonestRecords.Counts();

    /** Adds a record of the topic; {@code header} is null or a header with this value. */
    private void add(int partition, long offset, String value, String header, String of) {
        ConsumerRecord<byte[], byte[]> added =
                new ConsumerRecord<>("topic", partition, offset, null, value.getBytes(US_ASCII));
        if (header != null) {
            added.headers().add(header, of.getBytes(US_ASCII));
        }
        counts.add(added);
    }

    @Test
    void eventsAndOtherRecords_areCounted() {
        add(0, 0, HonestLoad.event(7), null, null);
        add(0, 1, HonestLoad.event(7), null, null);
        add(1, 0, HonestLoad.event(8), null, null);
        add(1, 1, "{}", ReservedHeaders.SENDER_ID, ReservedHeaders.SENDER_ID_PREFIX + "topic+0+0");

        HonestRecords records = counts.result();

        assertThat(records.found().stream()).containsExactly(7, 8);
        assertThat(records.twice()).isEqualTo(1);
        assertThat(records.foreign()).isEqualTo(1);
        assertThat(records.suppressed()).isZero();
    }

    /** A record with the header of a replayed one has the id of an earlier record. */
    @Test
    void eventsWithAnIdOfAnotherRecord_areSuppressed() {
        add(0, 0, HonestLoad.event(1), null, null);
        add(0, 1, HonestLoad.event(2), null, null);
        add(0, 2, "{}", ReservedHeaders.ORIGIN, "topic+0+1");

        assertThat(counts.result().suppressed()).isEqualTo(1);
    }
}
