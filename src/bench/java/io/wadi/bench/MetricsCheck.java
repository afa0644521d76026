package io.wadi.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Checks that an output has the expected records for the first documents of the fleet: each once, with its host as key,
 * and those of a host in order; documents byte for byte, alerts as equal JSON.
 */
final class MetricsCheck {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TIMESTAMP = "timestamp\":\"";

    private final MetricFleet fleet;
    private final MetricOutput output;
    private final long documents;
    private final BitSet seen = new BitSet();
    private final long[] last = new long[MetricFleet.HOSTS];
    private long doubled;
    private long late;
    private long foreign;
    private String example = "";

    MetricsCheck(MetricFleet fleet, MetricOutput output, long documents) {
        this.fleet = fleet;
        this.output = output;
        this.documents = documents;
        Arrays.fill(last, -1);
    }

    /** Accepts the next record of a partition of the output. */
    void accept(byte[] key, byte[] value) {
        long number = number(key, value);
        if (number < 0 || number >= documents || !output.takes(number) || !isRight(number, value)) {
            foreign++;
            if (example.isEmpty()) {
                example = ", such as %s under %s".formatted(text(value), text(key));
            }
            return;
        }
        if (seen.get((int) number)) {
            doubled++;
        }
        seen.set((int) number);
        int host = (int) (number % MetricFleet.HOSTS);
        late += number < last[host] ? 1 : 0;
        last[host] = number;
    }

    /** Returns the number of the document that a record is, or is the alert for; -1 if it is neither. */
    static long number(byte[] key, byte[] value) {
        String text = text(value);
        int begin = text.indexOf(TIMESTAMP) + TIMESTAMP.length();
        int end = text.indexOf('"', begin);
        if (begin < TIMESTAMP.length() || end < 0) {
            return -1;
        }
        try {
            return MetricFleet.number(text(key), text.substring(begin, end));
        } catch (DateTimeParseException e) {
            return -1;
        }
    }

    private boolean isRight(long number, byte[] value) {
        if (!output.hasAlerts()) {
            return Arrays.equals(value, fleet.document(number));
        }
        try {
            return JSON.readTree(value).equals(JSON.readTree(fleet.alert(number)));
        } catch (IOException e) {
            return false;
        }
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "nothing" : new String(bytes, UTF_8);
    }

    /**
     * Reports the differences, once all records have been accepted.
     *
     * @throws IOException if there are any
     */
    void finish(String topic) throws IOException {
        long expected = output.records(documents);
        long missing = expected - seen.cardinality();
        if (missing != 0 || doubled != 0 || late != 0 || foreign != 0) {
            throw new IOException(
                    ("%s: of %,d records %,d are missing; %,d are duplicated, %,d are behind a later one of their host,"
                                    + " and %,d are unexpected or different%s")
                            .formatted(topic, expected, missing, doubled, late, foreign, example));
        }
    }
}
