package io.wadi.metrics;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What Wadi needs to know of one Metricbeat document (8.x and 9.x, ECS), read from its bytes in one pass.
 *
 * <p>The document itself stays as it came: it is neither copied nor changed, and {@link #alert} takes its parts from the
 * source's own bytes, which therefore must not be modified as long as this object is used.
 */
public final class MetricDocument {
    private static final byte[] TIMESTAMP = ",\"timestamp\":".getBytes(StandardCharsets.UTF_8);

    /** A part of the source, {@code from} inclusive to {@code to} exclusive. */
    record Slice(int from, int to) {}

    /** The fields as the methods below describe them; nothing else of the document, so that many can be kept. */
    record Fields(
            String metricset,
            String dataset,
            String hostName,
            String timestamp,
            String errorMessage,
            Double cpuPct,
            Double memoryPct,
            Slice host,
            Slice timestampToken) {}

    private final byte[] source;
    private final Fields fields;

    private MetricDocument(byte[] source, Fields fields) {
        this.source = source;
        this.fields = fields;
    }

    /**
     * Reads a document. The whole of it is walked, so that what is not JSON is found wherever it stands; only the fields
     * below are looked at. (Stopping once they are found would be faster and would let the rest pass unchecked.)
     *
     * @param json one JSON object in UTF-8
     * @throws MetricDocumentException for anything that is not one JSON object, for a field below that is there twice, for a missing or
     *     empty {@code @timestamp}, {@code metricset.name} or {@code host.name}, and for a field below of the wrong type
     *     or range
     */
    public static MetricDocument read(byte[] json) {
        return new MetricDocument(json, MetricDocumentParser.parse(json));
    }

    /** The document's bytes as they came; not to be changed. */
    byte[] source() {
        return source;
    }

    /** {@code metricset.name}: {@code cpu}, {@code memory}, {@code load} and so on. */
    public String metricset() {
        return fields.metricset();
    }

    /** {@code event.dataset}, such as {@code system.cpu}; null where the document has none. */
    public String dataset() {
        return fields.dataset();
    }

    /** {@code host.name}. */
    public String hostName() {
        return fields.hostName();
    }

    /** {@code @timestamp} as it stands in the document. */
    public String timestamp() {
        return fields.timestamp();
    }

    /** {@code error.message}: why the agent has no figures in this document; null where it has them. */
    public String errorMessage() {
        return fields.errorMessage();
    }

    /**
     * The share of all cores that is in use, 0 to 1: {@code system.cpu.total.norm.pct}, or {@code system.cpu.total.pct}
     * (0 to the number of cores) divided by {@code system.cpu.cores} where the agent does not report the former. The
     * quotient is rounded to nine digits, so that 2.1 of 3 cores is 0.7 and not a little more than that. Null where the
     * document has neither.
     */
    public Double cpuPct() {
        return fields.cpuPct();
    }

    /** {@code system.memory.actual.used.pct}, the share of memory that cannot be reclaimed, 0 to 1; null where absent. */
    public Double memoryPct() {
        return fields.memoryPct();
    }

    /** The document's {@code host} object, byte for byte, with {@code @timestamp} as one more field {@code timestamp}. */
    public byte[] alert() {
        Slice host = fields.host();
        Slice timestamp = fields.timestampToken();
        int closingBrace = host.to() - 1;
        ByteArrayOutputStream alert = new ByteArrayOutputStream(host.to() - host.from() + 64);
        alert.write(source, host.from(), closingBrace - host.from());
        alert.writeBytes(TIMESTAMP);
        alert.write(source, timestamp.from(), timestamp.to() - timestamp.from());
        alert.write('}');
        return alert.toByteArray();
    }
}
