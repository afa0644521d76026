package io.wadi.ingest.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.io.StringWriter;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RestEntryTest {
    private static final RestEntry ACKNOWLEDGED = RestEntry.acknowledged(2, 5_000_000_000L);
    private static final RestEntry INVALID = RestEntry.rejected(new Problem("/records/1/value", "missing"));
    private static final RestEntry LATE = RestEntry.failed(new TimeoutException("late"), "it may \"be stored\"");

    @Test
    void entry_containsAnOffsetOrAnError() throws IOException {
        assertThat(json(ACKNOWLEDGED)).isEqualTo("{\"partition\":2,\"offset\":5000000000}");
        assertThat(json(INVALID))
                .isEqualTo("{\"error_code\":42206,\"error\":\"/records/1/value: missing\","
                        + "\"message\":\"/records/1/value: missing\"}");
        assertThat(json(LATE))
                .isEqualTo(
                        "{\"error_code\":50003,\"error\":\"it may \\\"be stored\\\"\",\"message\":\"it may \\\"be stored\\\"\"}");
        assertThat(json(RestEntry.notSent(null)))
                .isEqualTo("{\"error_code\":50003,\"error\":\"not sent\",\"message\":\"not sent\"}");
    }

    @Test
    void code_distinguishesRetriableErrors() {
        assertThat(RestEntry.failed(new RecordTooLargeException("large"), "").code())
                .isEqualTo(42206);
        assertThat(RestEntry.failed(new KafkaException("down"), "").code()).isEqualTo(50002);
        assertThat(RestEntry.failed(new AuthorizationException("Wadi may not"), "")
                        .code())
                .as("nothing that the client could change")
                .isEqualTo(50002);
    }

    @ParameterizedTest
    @CsvSource({"400,400", "401,40101", "403,40301", "404,40401", "413,413", "415,415", "429,42901", "503,50003"})
    void error_hasTheRestConventionsCodeForItsStatus(int status, int code) {
        RestError error = RestError.of(status, "why");

        assertThat(error.status()).isEqualTo(status);
        assertThat(new String(error.body(), UTF_8)).isEqualTo("{\"error_code\":" + code + ",\"message\":\"why\"}");
    }

    private static String json(RestEntry entry) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = RestJson.MAPPER.getFactory().createGenerator(text)) {
            entry.write(json);
        }
        return text.toString();
    }
}
