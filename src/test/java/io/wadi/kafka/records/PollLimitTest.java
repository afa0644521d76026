package io.wadi.kafka.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;

class PollLimitTest {
    private final PollLimit limit = new PollLimit(3 * (HeldBytes.PER_RECORD + HeldBytes.PER_HEADER));
    private final Deserializer<byte[]> keys = limit.limited(new ByteArrayDeserializer());
    private final Deserializer<byte[]> values = limit.limited(new ByteArrayDeserializer());
    /** Records of an uncompressed fetch share one array. */
    private final ByteBuffer fetch = ByteBuffer.allocate(8);

    private static Headers headers(int number) {
        Headers headers = new RecordHeaders();
        for (int i = 0; i < number; i++) {
            headers.add("", null);
        }
        return headers;
    }

    private byte[] read(Deserializer<byte[]> deserializer, Headers headers) {
        return deserializer.deserialize("topic", headers, fetch.duplicate());
    }

    @Test
    void singlePoll_returnsOneRecord_alsoOfAnUncompressedFetch() {
        Headers headers = headers(0);
        limit.beginSingle();
        assertThat(read(keys, headers)).hasSize(8);
        assertThat(read(values, headers)).hasSize(8);
        assertThatThrownBy(() -> read(keys, headers(0))).hasMessageContaining("limit");

        limit.beginSingle();
        assertThat(read(values, headers(0))).hasSize(8);
        assertThatThrownBy(() -> read(keys, headers(0))).hasMessageContaining("limit");
    }

    @Test
    void pollAfterASinglePoll_returnsAllRecordsWithinTheLimit() {
        limit.beginSingle();
        assertThat(read(keys, headers(0))).hasSize(8);

        limit.begin();
        for (int i = 0; i < 3; i++) {
            Headers headers = headers(1);
            assertThat(read(keys, headers)).hasSize(8);
            assertThat(read(values, headers)).hasSize(8);
        }
    }

    /** A record of a few bytes is several objects in memory. */
    @Test
    void recordsCountByTheirObjects_alsoOfAnUncompressedFetch() {
        limit.begin();
        for (int i = 0; i < 4; i++) {
            assertThat(read(values, headers(0))).hasSize(8);
        }
        assertThatThrownBy(() -> read(values, headers(0))).hasMessageContaining("limit");
    }

    /** A header of two bytes is several objects in memory. */
    @Test
    void headersCountByTheirObjects_onceForKeyAndValue() {
        limit.begin();
        for (int i = 0; i < 3; i++) {
            Headers headers = headers(1);
            assertThat(read(keys, headers)).hasSize(8);
            assertThat(read(values, headers)).hasSize(8);
        }
        assertThatThrownBy(() -> read(values, headers(1))).hasMessageContaining("limit");

        limit.begin();
        assertThat(read(values, headers(100))).hasSize(8);
        assertThatThrownBy(() -> read(keys, headers(1))).hasMessageContaining("limit");
    }
}
