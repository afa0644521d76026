package io.wadi.metrics;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The routing fields of one Metricbeat document (8.x and 9.x, ECS), read from its bytes in one pass.
 *
 * <p>The bytes are not copied: {@link #alert} copies parts of the source, which must not be modified while this object
 * is in use.
 *
 * @param source the document's bytes; must not be modified
 * @param metricset {@code metricset.name}: {@code cpu}, {@code memory}, {@code load} and so on
 * @param dataset {@code event.dataset}, such as {@code system.cpu}; null if absent
 * @param hostName {@code host.name}
 * @param timestamp {@code @timestamp}, unparsed
 * @param errorMessage {@code error.message}, the reason for which the agent could not measure; null if absent
 * @param cpuPct the share of all cores that is in use, 0 to 1: {@code system.cpu.total.norm.pct}. If the agent does not
 *     report that field, {@code system.cpu.total.pct} (0 to the number of cores) divided by {@code system.cpu.cores},
 *     rounded to nine digits, so that 2.1 of 3 cores is exactly 0.7. Null if the document has neither
 * @param memoryPct {@code system.memory.actual.used.pct}, the share of memory that cannot be reclaimed, 0 to 1; null if
 *     absent
 * @param host the position of the {@code host} object in the source
 * @param timestampToken the position of the value of {@code @timestamp} in the source, with its quotes
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
     * Reads a document. The parser reads all of it, so invalid JSON is detected anywhere.
     *
     * @param json one JSON object in UTF-8
     * @throws MetricDocumentException if the bytes are not one JSON object; if {@code @timestamp},
     *     {@code metricset.name} or {@code host.name} is missing or empty; if {@code host.timestamp} is present; or if
     *     a known field is duplicated or has an invalid type or value
     */
    public static MetricDocument read(byte[] json) {
        return MetricDocumentParser.parse(json);
    }

    /**
     * Returns the alert of this document: its {@code host} object, byte for byte, with {@code @timestamp} as the
     * additional field {@code timestamp}.
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
