package io.wadi.metrics;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The Metricbeat documents of {@code fixtures/metricbeat.ndjson}. */
final class Fixtures {
    static final byte[] CPU_WEB_01 = document(0);
    static final byte[] MEMORY_WEB_01 = document(1);

    /** A value equal to the threshold of 0.5. */
    static final byte[] CPU_WEB_01_HALF = document(2);

    static final byte[] CPU_WEB_02_OVER_HALF = document(3);

    /** Reports {@code total.pct} and {@code cores}, but no {@code norm}. */
    static final byte[] CPU_DB_01_WITHOUT_NORM = document(4);

    static final byte[] MEMORY_DB_01_OVER = document(5);
    static final byte[] LOAD_WEB_01 = document(6);
    static final byte[] FETCH_FAILURE_WEB_01 = document(7);

    private Fixtures() {}

    static List<byte[]> all() {
        try (InputStream file = Fixtures.class.getResourceAsStream("/fixtures/metricbeat.ndjson")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.getBytes(StandardCharsets.UTF_8))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] document(int line) {
        return all().get(line);
    }
}
