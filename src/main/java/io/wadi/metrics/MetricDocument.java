package io.wadi.metrics;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The routing fields of one Metricbeat document (8.x and 9.x, ECS), read from its bytes in one pass.
 *
 * <p>The bytes are not copied: {@link #alert} takes its parts from the source, which must not be modified while this
 * object is in use.
 */
public final class MetricDocument {
    private static final byte[] TIMESTAMP = ",\"timestamp\":".getBytes(StandardCharsets.UTF_8);

    /** A part of the source, {@code from} inclusive to {@code to} exclusive. */
    record Slice(int from, int to) {}

    /** The parsed values. */
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
     * Reads a document. The parser walks the whole document, so that invalid JSON is found anywhere in it.
     *
     * @param json one JSON object in UTF-8
     * @throws MetricDocumentException if the bytes are not one JSON object, if {@code @timestamp}, {@code
     *     metricset.name} or {@code host.name} is missing or empty, or if a field below is duplicate or of the wrong
     *     type or range
     */
    public static MetricDocument read(byte[] json) {
        return new MetricDocument(json, MetricDocumentParser.parse(json));
    }

    /** The document's bytes; must not be modified. */
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

    /** {@code @timestamp}, unparsed. */
    public String timestamp() {
        return fields.timestamp();
    }

    /** {@code error.message}: why the agent could not measure; null if it could. */
    public String errorMessage() {
        return fields.errorMessage();
    }

    /**
     * The share of all cores that is in use, 0 to 1: {@code system.cpu.total.norm.pct}, or {@code system.cpu.total.pct}
     * (0 to the number of cores) divided by {@code system.cpu.cores} where the agent does not report the former. The
     * quotient is rounded to nine digits, so that 2.1 of 3 cores is exactly 0.7. Null if the document has neither.
     */
    public Double cpuPct() {
        return fields.cpuPct();
    }

    /**
     * {@code system.memory.actual.used.pct}, the share of memory that cannot be reclaimed, 0 to 1; null where absent.
     */
    public Double memoryPct() {
        return fields.memoryPct();
    }

    /**
     * The document's {@code host} object, byte for byte, with {@code @timestamp} as one more field {@code timestamp}.
     */
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
