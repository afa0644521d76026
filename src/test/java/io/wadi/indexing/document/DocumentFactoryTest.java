package io.wadi.indexing.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.kafka.Records;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DocumentFactoryTest {
    private final DocumentFactory documents =
            new DocumentFactory(IndexName.of("events"), new EventTime(""), false, new KeyField(""));

    private Document of(String json) {
        return documents.of(Records.record(new TopicPartition("events", 0), 7, json), new PendingBatch(8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"wadi-origin\":1}",
                "{\"a\":{},\"wadi-origin\":{\"a\":1}}",
                "{\"wadi-origin.a\":1}",
                "{\"wadi\\u002dorigin\":1}"
            })
    void fieldOfOrigins_isReserved(String json) {
        assertThatIllegalArgumentException().isThrownBy(() -> of(json)).withMessageContaining("wadi-origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":{\"wadi-origin\":1}}", "{\"wadi-original\":1,\"a\":[{\"wadi-origin\":1}]}"})
    void otherFields_areUnchanged(String json) {
        assertThat(new String(Records.bytes(of(json).json()), UTF_8)).isEqualTo(json);
    }
}
