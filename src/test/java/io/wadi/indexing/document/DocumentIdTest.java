package io.wadi.indexing.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.Records;
import io.wadi.testing.OtherLocale;
import java.nio.ByteBuffer;
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
    void of_recordWithoutAnId_isItsLocation() {
        assertThat(DocumentId.of(consumed)).isEqualTo(OWN);
        assertThat(DocumentId.origin(consumed)).isEqualTo(OWN);
        assertThat(DocumentId.of("a+b", 0, Long.MAX_VALUE)).isEqualTo("a+b+0+9223372036854775807");
    }

    @ParameterizedTest
    @ValueSource(strings = {"~shop~7f3c", "~~주문-17 😀", "~a~with blanks +/%", "~~ "})
    void of_recordWithASenderId_isThatId(String id) {
        consumed.headers().add("wadi-id", id.getBytes(UTF_8));

        assertThat(DocumentId.of(consumed)).isEqualTo(id);
        assertThat(DocumentId.origin(consumed)).isEqualTo(OWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"select-color+2+43", "7f3c", " ~a~b", ""})
    void of_foreignSenderId_isTheRecordsLocation(String id) {
        consumed.headers().add("wadi-id", id.getBytes(UTF_8)).add("id", "select-color+2+44".getBytes(UTF_8));

        assertThat(DocumentId.of(consumed)).isEqualTo(OWN);
    }

    @Test
    void of_severalIds_isTheLastOne() {
        consumed.headers().add("wadi-id", "~~first".getBytes(UTF_8)).add("wadi-id", "~~last".getBytes(UTF_8));

        assertThat(DocumentId.of(consumed)).isEqualTo("~~last");
    }

    @Test
    void of_emptyId_isTheRecordsLocation() {
        consumed.headers().add("wadi-id", new byte[0]);
        assertThat(DocumentId.of(consumed)).isEqualTo(OWN);

        consumed.headers().add("wadi-id", null);
        assertThat(DocumentId.of(consumed)).isEqualTo(OWN);
    }

    @Test
    void of_idLongerThanElasticsearchAllows_isTheRecordsLocation() {
        consumed.headers().add("wadi-id", ("~~" + "김".repeat(170) + "b").getBytes(UTF_8)); // 513 bytes
        assertThat(DocumentId.of(consumed)).isEqualTo(OWN);

        consumed.headers().add("wadi-id", ("~~" + "김".repeat(170)).getBytes(UTF_8)); // 512
        assertThat(DocumentId.of(consumed)).isEqualTo("~~" + "김".repeat(170));
    }

    @Test
    void of_idThatIsNotUtf8_isTheRecordsLocation() {
        consumed.headers().add("wadi-id", new byte[] {'~', '~', 'a', (byte) 0xFE});
        assertThat(DocumentId.of(consumed)).isEqualTo(OWN);
    }

    @Test
    void replayedRecord_hasTheIdOfItsOriginalLocation() {
        consumed.headers().add("wadi-origin", "select-color+2+7".getBytes(UTF_8));

        assertThat(DocumentId.of(consumed)).isEqualTo("select-color+2+7");
        assertThat(DocumentId.origin(consumed)).isEqualTo("select-color+2+7");
        consumed.headers().add("wadi-id", "~~a".getBytes(UTF_8));
        assertThat(DocumentId.of(consumed)).isEqualTo("~~a");
        assertThat(DocumentId.origin(consumed)).isEqualTo("select-color+2+7");
    }

    /** With the location of a later record as its origin, a record would take the id of that record. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "select-color+2+42",
                "select-color+2+43",
                "select-color+1+7",
                "other+2+7",
                "select-color+2+07",
                "select-color+2+-7",
                "select-color+2+99999999999999999999",
                "select-color+2+",
                "7",
                "~~a"
            })
    void originThatIsNotAnEarlierRecordOfThePartition_isIgnored(String origin) {
        consumed.headers().add("wadi-origin", origin.getBytes(UTF_8));

        assertThat(DocumentId.origin(consumed)).isEqualTo(OWN);
    }

    @Test
    void of_localeWithOtherDigits_usesAsciiDigits() throws Exception {
        OtherLocale.run(OtherLocale.OTHER_DIGITS, () -> {
            assertThat(DocumentId.of(consumed)).isEqualTo(OWN);
        });
    }
}
