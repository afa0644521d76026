package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.Records;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DocumentIdTest {
    private static final String OWN = "select-color+2+42";

    private final ConsumerRecord<byte[], ByteBuffer> consumed =
            Records.record(new TopicPartition("select-color", 2), 42, "{}");

    @Test
    void of_recordWithoutId_isWhereItStands() {
        assertThat(DocumentId.of(consumed)).isEqualTo(OWN);
        assertThat(DocumentId.of("a+b", 0, Long.MAX_VALUE)).isEqualTo("a+b+0+9223372036854775807");
    }

    @ParameterizedTest
    @ValueSource(strings = {"7f3c", "주문-17 😀", "with blanks +/%", " "})
    void of_recordWithId_isThatId(String id) {
        consumed.headers().add("id", id.getBytes(UTF_8));

        assertThat(DocumentId.of(consumed)).isEqualTo(id);
    }

    @Test
    void of_severalIds_isTheLast() {
        consumed.headers().add("id", "first".getBytes(UTF_8)).add("id", "last".getBytes(UTF_8));

        assertThat(DocumentId.of(consumed)).isEqualTo("last");
    }

    @Test
    void of_idWithoutText_isWhereTheRecordStands() {
        consumed.headers().add("id", new byte[0]);
        assertThat(DocumentId.of(consumed)).isEqualTo(OWN);

        consumed.headers().add("id", null);
        assertThat(DocumentId.of(consumed)).isEqualTo(OWN);
    }

    @Test
    void of_idOfMoreBytesThanElasticsearchAllows_isWhereTheRecordStands() {
        consumed.headers().add("id", "김".repeat(171).getBytes(UTF_8)); // 513 bytes
        assertThat(DocumentId.of(consumed)).isEqualTo(OWN);

        consumed.headers().add("id", ("김".repeat(170) + "ab").getBytes(UTF_8)); // 512
        assertThat(DocumentId.of(consumed)).isEqualTo("김".repeat(170) + "ab");
    }

    @Test
    void of_idsThatAreNotUtf8_doNotBecomeTheSame() {
        consumed.headers().add("id", new byte[] {'a', (byte) 0xFE});
        assertThat(DocumentId.of(consumed)).isEqualTo(OWN);
    }

    @Test
    void of_otherDigitsAsTheDefault_keepsToTheUsualOnes() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(DocumentId.of(consumed)).isEqualTo(OWN);
        } finally {
            Locale.setDefault(before);
        }
    }
}
