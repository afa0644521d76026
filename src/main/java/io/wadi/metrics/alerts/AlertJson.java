package io.wadi.metrics.alerts;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

final class AlertJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private AlertJson() {}

    static byte[] bytes(Alert alert) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("id", alert.id());
            json.writeStringField("rule", alert.rule());
            json.writeStringField("kind", Alert.word(alert.kind()));
            json.writeStringField("state", Alert.word(alert.state()));
            json.writeStringField("reason", Alert.word(alert.reason()));
            json.writeStringField("host", alert.host());
            number(json, "value", alert.value());
            number(json, "threshold", alert.threshold());
            json.writeStringField("since", Instant.ofEpochMilli(alert.since()).toString());
            json.writeStringField("at", Instant.ofEpochMilli(alert.at()).toString());
            json.writeStringField("severity", alert.severity());
            json.writeObjectField("labels", alert.labels());
            json.writeObjectField("annotations", alert.annotations());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing an alert as JSON failed", e);
        }
        return bytes.toByteArray();
    }

    private static void number(JsonGenerator json, String name, double number) throws IOException {
        if (!Double.isNaN(number)) {
            json.writeNumberField(name, number);
        }
    }
}
