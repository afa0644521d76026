package io.wadi.ingest.cloudevents;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.MessageWriter;
import io.cloudevents.core.provider.EventFormatProvider;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.wadi.ingest.event.Event;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An event that the CNCF's Java SDK sends over HTTP is equal to the one that the SDK reads from Kafka. */
final class CloudEventsSdkTest {
    private static CloudEventBuilder small() {
        return CloudEventBuilder.v1()
                .withId("A-1")
                .withSource(URI.create("/shop"))
                .withType("order");
    }

    static Stream<CloudEvent> events() {
        return Stream.of(
                small().build(),
                small().withData("application/json", "{\"total\":1.5}".getBytes(UTF_8))
                        .build(),
                small().withData("text/plain", "김 \"😀\"\n".getBytes(UTF_8)).build(),
                small().withData("image/png", new byte[] {0, -1, 13, 10, -128}).build(),
                small().withData("application/json", URI.create("https://example/order.json"), "[1]".getBytes(UTF_8))
                        .withSubject("100% of \"Ünï\" 김 😀")
                        .withTime(OffsetDateTime.parse("2026-04-14T12:34:56.789+09:00"))
                        .withExtension("partitionkey", "alice")
                        .withExtension("paid", true)
                        .withExtension("count", -7)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("events")
    void binaryEvent_roundTrips(CloudEvent sent) {
        Request request = new Request();
        HttpMessageFactory.createWriter(request::header, request::body).writeBinary(sent);

        assertThat(request.mode()).isEqualTo(CloudEvents.Mode.BINARY);
        assertSame(sent, CloudEvents.binary(request.headers, request.body.toByteArray()));
    }

    @ParameterizedTest
    @MethodSource("events")
    void structuredEvent_roundTrips(CloudEvent sent) {
        Request request = new Request();
        MessageWriter<?, Void> writer = HttpMessageFactory.createWriter(request::header, request::body);
        writer.writeStructured(sent, JsonFormat.CONTENT_TYPE);

        assertThat(request.mode()).isEqualTo(CloudEvents.Mode.STRUCTURED);
        assertSame(sent, CloudEvents.structured(request.body.toByteArray()));
    }

    @Test
    void batchedEvents_roundTrip() {
        List<CloudEvent> sent = events().toList();
        List<String> written = sent.stream()
                .map(event -> EventFormatProvider.getInstance()
                        .resolveFormat(JsonFormat.CONTENT_TYPE)
                        .serialize(event))
                .map(json -> new String(json, UTF_8))
                .toList();

        List<Event> events = CloudEventsTest.batched(("[" + String.join(", ", written) + "]").getBytes(UTF_8));

        assertThat(events).hasSameSizeAs(sent);
        for (int i = 0; i < events.size(); i++) {
            assertSame(sent.get(i), events.get(i));
        }
    }

    private static void assertSame(CloudEvent sent, Event event) {
        assertThat(event.problem()).isNull();
        CloudEvent read = KafkaMessageFactory.createReader(new RecordHeaders(event.headers()), event.value())
                .toEvent();
        for (String attribute : sent.getAttributeNames()) {
            assertThat(read.getAttribute(attribute)).as(attribute).isEqualTo(sent.getAttribute(attribute));
        }
        for (String extension : sent.getExtensionNames()) {
            assertThat(read.getExtension(extension))
                    .as(extension)
                    .hasToString(String.valueOf(sent.getExtension(extension)));
        }
        assertThat(read.getAttributeNames()).hasSameElementsAs(sent.getAttributeNames());
        assertThat(read.getExtensionNames()).hasSameElementsAs(sent.getExtensionNames());
        assertThat(bytes(read)).isEqualTo(bytes(sent));
        Object key = sent.getExtension("partitionkey");
        assertThat(event.key()).isEqualTo(key == null ? null : key.toString().getBytes(UTF_8));
    }

    private static byte[] bytes(CloudEvent event) {
        return event.getData() == null ? null : event.getData().toBytes();
    }

    /** A request as received by a server: each character of a header represents a byte. */
    private static final class Request {
        private final List<Map.Entry<String, String>> headers = new ArrayList<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();

        void header(String name, String value) {
            headers.add(Map.entry(name, new String(value.getBytes(UTF_8), ISO_8859_1)));
        }

        void body(byte[] content) {
            if (content != null) {
                body.writeBytes(content);
            }
        }

        CloudEvents.Mode mode() {
            return CloudEvents.mode(value("content-type"), value("ce-specversion") != null);
        }

        private String value(String name) {
            return headers.stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(null);
        }
    }
}
