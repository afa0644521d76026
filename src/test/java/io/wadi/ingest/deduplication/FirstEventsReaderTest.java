package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

/** Records of the topic of answers that are not answers; the reading itself is tested by DeduplicationIT. */
class FirstEventsReaderTest {
    private static final Answer STORED = Answer.stored(new Digest(1, 2), new First(0, 3, 4, new Digest(5, 6), 7));
    private static final byte[] VALUE = Answers.encode(List.of(STORED)).get(0);

    @Test
    void recordsOfOtherPrograms_areIgnored() {
        for (String text : List.of("", "{}", "\n{}", "text", "\u0000avro")) {
            assertThat(FirstEventsReader.answers(record(text.getBytes(UTF_8)))).isEmpty();
        }
        assertThat(FirstEventsReader.answers(record(null))).isEmpty();
        assertThat(FirstEventsReader.answers(record(VALUE))).containsExactly(STORED);
    }

    /** Otherwise the events with their ids would be stored again. */
    @Test
    void answersOfAnotherVersion_andTruncatedOnes_areReportedWithTheirLocation() {
        byte[] later = VALUE.clone();
        later[0]++;
        for (byte[] value : List.of(later, Arrays.copyOf(VALUE, VALUE.length - 1))) {
            assertThatExceptionOfType(KafkaException.class)
                    .isThrownBy(() -> FirstEventsReader.answers(record(value)))
                    .withMessageStartingWith("t.receipts-1@42: ")
                    .withMessageEndingWith(
                            "; without the answers of this record, events could be stored twice: run the"
                                    + " version of Wadi that wrote it, or, if another program did, delete the records up to it");
        }
    }

    private static ConsumerRecord<byte[], byte[]> record(byte[] value) {
        return new ConsumerRecord<>("t.receipts", 1, 42, null, value);
    }
}
