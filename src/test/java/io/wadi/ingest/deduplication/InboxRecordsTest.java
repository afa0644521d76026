package io.wadi.ingest.deduplication;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.send.SenderIds;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class InboxRecordsTest {
    @Test
    void sender_isThatOfTheRecordsId_andNotOfAnyOtherName() {
        String longId = "x".repeat(600);

        assertThat(sender("a", "1")).isEqualTo(sender("a", "2~3#")).isNotEqualTo(sender("b", "1"));
        assertThat(sender(null, "1")).isEqualTo(sender(null, "a~1")).isNotEqualTo(sender("a", "1"));
        assertThat(sender("a", longId))
                .isEqualTo(sender("b", longId))
                .isNotEqualTo(sender(null, "1"))
                .isNotEqualTo(sender("#", "1"));
    }

    private static int sender(String caller, String id) {
        byte[] key = new SenderIds(caller).header(id).value();
        return InboxRecords.sender(new ConsumerRecord<>("t.inbox", 0, 0, key, ByteBuffer.allocate(0)));
    }
}
