package io.wadi.ingest.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.ingest.rest.RestTypes.Format;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RestTypesTest {
    @ParameterizedTest
    @CsvSource({
        "application/vnd.kafka.json.v2+json, JSON",
        "application/json; charset=utf-8, JSON",
        "Application/Vnd.Kafka.Binary.V2+Json, BINARY"
    })
    void format_isDeterminedByTheContentType(String contentType, Format format) {
        assertThat(RestTypes.format(contentType)).isEqualTo(format);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "text/plain",
                "application/vnd.kafka.avro.v2+json",
                "application/vnd.kafka.v2+json",
                "application/json;charset=utf-16"
            })
    void unsupportedContentType_is415(String contentType) {
        assertThatExceptionOfType(RestException.class)
                .isThrownBy(() -> RestTypes.format(contentType))
                .satisfies(e -> assertThat(e.error().status()).isEqualTo(415))
                .withMessageContaining("application/vnd.kafka.json.v2+json");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                                                                          | application/vnd.kafka.v2+json
            */*                                                           | application/vnd.kafka.v2+json
            application/vnd.kafka.v2+json                                 | application/vnd.kafka.v2+json
            application/vnd.kafka.v2+json, application/json;q=0.9         | application/vnd.kafka.v2+json
            Application/JSON                                              | application/json
            application/json, text/html, application/vnd.kafka.v2+json;q=0 | application/json
            text/html, */*;q=0.1                                          | application/vnd.kafka.v2+json
            """)
    void responseType_isAnAcceptedType(String accept, String type) {
        assertThat(RestTypes.answerType(accept)).isEqualTo(type);
    }

    /** The header is read before admission, and HTTP/2 can repeat one of 4 KB in a single byte. */
    @Test
    void rangesBeyondALimit_areIgnored() {
        assertThat(RestTypes.answerType("a/b,".repeat(31) + "application/json")).isEqualTo("application/json");
        assertThatExceptionOfType(RestException.class)
                .isThrownBy(() -> RestTypes.answerType("a/b,".repeat(32) + "application/json"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/vnd.kafka.v1+json", "*/*;q=0", "application/json; q=0.0"})
    void unacceptableResponseType_is406(String accept) {
        assertThatExceptionOfType(RestException.class)
                .isThrownBy(() -> RestTypes.answerType(accept))
                .satisfies(e -> assertThat(e.error().code()).isEqualTo(406));
    }
}
