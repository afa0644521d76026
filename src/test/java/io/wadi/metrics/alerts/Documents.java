package io.wadi.metrics.alerts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** Metric documents for tests. */
final class Documents {
    private Documents() {}

    /** Returns the documents of {@code fixtures/metricbeat.ndjson}. */
    static List<String> fixtures() {
        try (InputStream file = Documents.class.getResourceAsStream("/fixtures/metricbeat.ndjson")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a document of the metricset {@code load} with {@code value} as JSON text of {@code system.load.1}. */
    static byte[] load(String host, long time, Object value) {
        return bytes("""
                {"@timestamp":"%s","metricset":{"name":"load"},"host":{"name":"%s"},"system":{"load":{"1":%s}}}""".formatted(Instant.ofEpochMilli(time), host, value));
    }

    static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
