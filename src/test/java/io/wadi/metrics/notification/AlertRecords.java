package io.wadi.metrics.notification;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.metrics.alerts.Alert.State;
import java.time.Instant;
import java.util.Locale;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records of the alerts topic, in the form in which the alerts flow writes them. */
final class AlertRecords {
    private AlertRecords() {}

    record Written(String key, String value) {
        ProducerRecord<byte[], byte[]> in(String topic) {
            return new ProducerRecord<>(topic, key.getBytes(UTF_8), value.getBytes(UTF_8));
        }
    }

    private static Written written(String kind, String host, State state, long since, long at) {
        String value = """
                {"id":"1f","rule":"HostCpuHigh","kind":"%s","state":"%s","reason":"document","host":"%s","value":0.93,\
                "threshold":0.5,"since":"%s","at":"%s","severity":"warning","labels":{"alertname":"HostCpuHigh",\
                "host":"%s","severity":"warning"},"annotations":{"summary":"%s: cpu at 93%%"}}""".formatted(
                        kind,
                        state.name().toLowerCase(Locale.ROOT),
                        host,
                        Instant.ofEpochMilli(since),
                        Instant.ofEpochMilli(at),
                        host,
                        host);
        String key = "HostCpuHigh" + (kind.equals("value") ? "" : ":" + kind) + "@" + host;
        return new Written(key, value);
    }

    static Written alert(String host, State state, long since, long at) {
        return written("value", host, state, since, at);
    }

    static Written noData(String host, State state, long since, long at) {
        return written("no-data", host, state, since, at);
    }

    static AlertChange change(String host, State state, long since, long at) {
        return AlertChange.parse(alert(host, state, since, at).value().getBytes(UTF_8), "");
    }
}
