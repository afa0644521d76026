package io.wadi.ingest.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.event.Problem;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RestAnswerTest {
    private final RestAnswer answer = new RestAnswer();

    @Test
    void records_areAnsweredInTheirOrder() {
        answer.stands(0, 42);
        answer.refused(new Problem("/records/1/value", "missing"));
        answer.failed(new TimeoutException("late"), "not acknowledged: it may \"stand\"");
        answer.stands(2, 5_000_000_000L);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(body()).isEqualTo("""
                {"offsets":[{"partition":0,"offset":42},\
                {"error_code":42206,"error":"/records/1/value: missing","message":"/records/1/value: missing"},\
                {"error_code":50003,"error":"not acknowledged: it may \\"stand\\"","message":"not acknowledged: it may \\"stand\\""},\
                {"partition":2,"offset":5000000000}]}""");
    }

    @Test
    void noneStands_isKafkasFaultIfAnyIs() {
        answer.refused(new Problem("", "wrong"));
        assertThat(answer.status()).isEqualTo(422);

        answer.failed(new RecordTooLargeException("large"), "too large");
        assertThat(answer.status()).isEqualTo(422);

        answer.failed(new KafkaException("down"), "not sent");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(body()).contains("\"error_code\":42206,\"error\":\"too large\"", "\"error_code\":50002");
    }

    @Test
    void kafkasRefusalOfWadi_isNotTheClientsFault() {
        answer.failed(new AuthorizationException("no"), "not sent");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(body()).contains("\"error_code\":50002");
    }

    @ParameterizedTest
    @CsvSource({"400,400", "401,40101", "403,40301", "404,40401", "413,413", "415,415", "429,42901", "503,50003"})
    void error_hasTheConventionsCodeForItsStatus(int status, int code) {
        RestError error = RestError.of(status, "why");

        assertThat(error.status()).isEqualTo(status);
        assertThat(new String(error.body(), UTF_8)).isEqualTo("{\"error_code\":" + code + ",\"message\":\"why\"}");
    }

    private String body() {
        return new String(answer.body(), UTF_8);
    }
}
