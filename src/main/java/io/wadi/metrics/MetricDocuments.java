package io.wadi.metrics;

import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The bean {@code metric-documents}: groups a {@link RecordBatch} of Metricbeat documents by metricset and dataset, for
 * a route's {@code split}. Invalid documents, and those that only report a failed fetch ({@code error.message}), become
 * dead letters.
 */
public final class MetricDocuments {
    private final DeadLetterSender deadLetters;

    private record Kind(String metricset, String dataset) {}

    public MetricDocuments(DeadLetterSender deadLetters) {
        this.deadLetters = deadLetters;
    }

    /**
     * Groups the exchange's record batch, in the order of the groups' first documents.
     *
     * @throws IllegalArgumentException if the body is not a record batch
     * @throws org.apache.kafka.common.KafkaException if a dead letter was not acknowledged; the batch must then be
     *     retried
     */
    public Collection<MetricGroup> groups(Exchange exchange) {
        RecordBatch batch = RecordBatch.in(exchange, "metric-documents:");
        Map<Kind, MetricGroup> groups = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], ByteBuffer> each : batch.records()) {
            try {
                MetricDocument metric = read(each);
                groups.computeIfAbsent(
                                new Kind(metric.metricset(), metric.dataset()),
                                kind -> new MetricGroup(exchange.getContext(), kind.metricset, kind.dataset))
                        .add(metric);
            } catch (MetricDocumentException e) {
                deadLetters.send(each, exchange.getFromRouteId(), e);
            }
        }
        return groups.values();
    }

    private static MetricDocument read(ConsumerRecord<byte[], ByteBuffer> each) {
        if (each.value() == null) {
            throw new MetricDocumentException("found no value, expected a JSON object");
        }
        byte[] json = new byte[each.value().remaining()];
        each.value().get(each.value().position(), json);
        MetricDocument metric = MetricDocument.read(json);
        if (metric.errorMessage() != null) {
            throw new MetricDocumentException("the agent on " + MetricDocumentException.quote(metric.hostName())
                    + " could not fetch: " + MetricDocumentException.quote(metric.errorMessage()));
        }
        return metric;
    }
}
