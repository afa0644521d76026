package io.wadi.metrics;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The routing fields of one Metricbeat document (8.x and 9.x, ECS), read from its bytes in one pass.
 *
 * <p>The bytes are not copied: {@link #alert} takes its parts from the source, which must not be modified while this
 * object is in use.
 *
 * @param source the document's bytes; must not be modified
 * @param metricset {@code metricset.name}: {@code cpu}, {@code memory}, {@code load} and so on
 * @param dataset {@code event.dataset}, such as {@code system.cpu}; null where the document has none
 * @param hostName {@code host.name}
 * @param timestamp {@code @timestamp}, unparsed
 * @param errorMessage {@code error.message}: why the agent could not measure; null if it could
 * @param cpuPct the share of all cores that is in use, 0 to 1: {@code system.cpu.total.norm.pct}, or {@code
 *     system.cpu.total.pct} (0 to the number of cores) divided by {@code system.cpu.cores} where the agent does not report
 *     the former. The quotient is rounded to nine digits, so that 2.1 of 3 cores is exactly 0.7. Null if the document has
 *     neither
 * @param memoryPct {@code system.memory.actual.used.pct}, the share of memory that cannot be reclaimed, 0 to 1; null where
 *     absent
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record MetricDocument(
        byte[] source,
        String metricset,
        String dataset,
        String hostName,
        String timestamp,
        String errorMessage,
        Double cpuPct,
        Double memoryPct,
        Slice host,
        Slice timestampToken) {
    private static final byte[] TIMESTAMP = ",\"timestamp\":".getBytes(StandardCharsets.UTF_8);

    /** A part of the source, {@code from} inclusive to {@code to} exclusive. */
    record Slice(int from, int to) {}

    /**
     * Reads a document. The parser walks the whole document, so that invalid JSON is found anywhere in it.
     *
     * @param json one JSON object in UTF-8
     * @throws MetricDocumentException if the bytes are not one JSON object, if {@code @timestamp}, {@code
     *     metricset.name} or {@code host.name} is missing or empty, or if a field below is duplicate or of the wrong
     *     type or range
     */
    public static MetricDocument read(byte[] json) {
        return MetricDocumentParser.parse(json);
    }

    /**
     * The document's {@code host} object, byte for byte, with {@code @timestamp} as one more field {@code timestamp}.
     */
    public byte[] alert() {
        int closingBrace = host.to() - 1;
        ByteArrayOutputStream alert = new ByteArrayOutputStream(host.to() - host.from() + 64);
        alert.write(source, host.from(), closingBrace - host.from());
        alert.writeBytes(TIMESTAMP);
        alert.write(source, timestampToken.from(), timestampToken.to() - timestampToken.from());
        alert.write('}');
        return alert.toByteArray();
    }
}
