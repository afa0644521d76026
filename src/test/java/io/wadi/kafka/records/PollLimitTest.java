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
    private static final Headers NONE = new RecordHeaders();

    private final PollLimit limit = new PollLimit(100);
    private final Deserializer<byte[]> keys = limit.limited(new ByteArrayDeserializer());
    private final Deserializer<byte[]> values = limit.limited(new ByteArrayDeserializer());
    /** Records of an uncompressed fetch share one array. */
    private final ByteBuffer fetch = ByteBuffer.allocate(8);

    private byte[] read(Deserializer<byte[]> deserializer) {
        return deserializer.deserialize("topic", NONE, fetch.duplicate());
    }

    @Test
    void singlePoll_returnsOneRecord_alsoOfAnUncompressedFetch() {
        limit.beginSingle();
        assertThat(read(keys)).hasSize(8);
        assertThat(read(values)).hasSize(8);
        assertThatThrownBy(() -> read(keys)).hasMessageContaining("limit");

        limit.beginSingle();
        assertThat(read(values)).hasSize(8);
        assertThatThrownBy(() -> read(values)).hasMessageContaining("limit");
    }

    @Test
    void pollAfterASinglePoll_returnsAllRecordsWithinTheLimit() {
        limit.beginSingle();
        assertThat(read(keys)).hasSize(8);

        limit.begin();
        for (int i = 0; i < 3; i++) {
            assertThat(read(keys)).hasSize(8);
            assertThat(read(values)).hasSize(8);
        }
    }
}
