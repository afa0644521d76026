package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.browser.PixelEvent;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code routes/pixel.camel.yaml} as shipped, on real Kafka. */
@Nightly(
        perChange = {
            "PixelEventTest",
            "SnippetOnPipelineIT#pageEvents_areStoredInKafka_includingThoseSentOnLeaving",
            "BadInputIT#badInput_isAnswered_andKafkaMatchesTheResponses"
        })
class PixelRouteIT {
    @AutoClose
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        wadi = RunningWadi.startIngest(Map.of());
    }

    @Test
    void query_isStoredAsTheEvent_andTheResponseIsTheImage() throws Exception {
        HttpResponse<byte[]> answer = Http.bytes(
                wadi.eventsUrl() + "/pixel.gif?colorName=%EC%83%89&test=pixel-1&userName=a&userName=b&key=none",
                "User-Agent",
                "Mail/1.0");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(PixelEvent.gif());
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        ConsumerRecord<byte[], byte[]> found = sent("pixel-1").get(0);
        assertThat(found.key()).isNull();
        assertThat(found.headers()).isEmpty();
        assertThat(new String(found.value(), UTF_8))
                .matches("\\{\"colorName\":\"색\",\"test\":\"pixel-1\",\"userName\":\\[\"a\",\"b\"],"
                        + "\"timestamp\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}[+-]\\d{4}\","
                        + "\"userAgent\":\"Mail/1.0\"}");
    }

    @Test
    void topicParameter_selectsTheTopic() throws Exception {
        assertThat(Http.bytes(wadi.eventsUrl() + "/pixel.gif?topic=select-color&test=pixel-2")
                        .statusCode())
                .isEqualTo(200);

        assertThat(new String(sent("pixel-2").get(0).value(), UTF_8)).doesNotContain("topic");
    }

    @ParameterizedTest
    @CsvSource({
        "topic=nowhere&test=pixel-3, 404",
        "topic=metric.all&test=pixel-3, 404",
        "topic=select-color&topic=metric.all&test=pixel-3, 400",
        "topic=&test=pixel-3, 404",
        "test=pixel-3&timestamp=1999, 400",
        "test=pixel-3&userAgent=me, 400",
    })
    void rejectedEvent_isAnsweredWithTheImageAndAnErrorStatus(String query, int status) throws Exception {
        HttpResponse<byte[]> answer = Http.bytes(wadi.eventsUrl() + "/pixel.gif?" + query);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(PixelEvent.gif());
        assertThat(sent("pixel-3")).isEmpty();
    }

    @Test
    void undecodableQuery_isRejectedWithTheImage() throws Exception {
        String answer = Http.exchange(
                wadi.eventsPort(),
                "GET /pixel.gif?test=pixel-7&a=%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400 ").endsWith("\r\n\r\n" + new String(PixelEvent.gif(), ISO_8859_1));
        assertThat(sent("pixel-7")).isEmpty();
    }

    @Test
    void tooManyParameters_areRejected() throws Exception {
        assertThat(Http.bytes(wadi.eventsUrl() + "/pixel.gif?test=pixel-4" + "&a".repeat(1023))
                        .statusCode())
                .isEqualTo(400);
        assertThat(Http.bytes(wadi.eventsUrl() + "/pixel.gif?test=pixel-5" + "&a".repeat(1022))
                        .statusCode())
                .isEqualTo(200);
        assertThat(sent("pixel-4")).isEmpty();
    }

    @Test
    void headRequest_isRejectedWith405_andStoresNoEvent() throws Exception {
        HttpResponse<String> answer = Http.send("HEAD", wadi.eventsUrl() + "/pixel.gif?test=pixel-6");

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).hasValue("GET, OPTIONS");
        assertThat(sent("pixel-6")).isEmpty();
    }

    private static List<ConsumerRecord<byte[], byte[]>> sent(String test) {
        return KafkaProbe.read(
                "select-color",
                found -> found.value() != null && new String(found.value(), UTF_8).contains('"' + test + '"'));
    }
}
