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
 * The bean {@code metric-documents}: reads a {@link RecordBatch} of Metricbeat documents and parts it by what they are, for a route's
 * {@code split}. What is no metric document, or one in which the agent only reports that it could not measure
 * ({@code error.message}), is put into the dead letters by itself and is in no group.
 */
public final class MetricDocuments {
    private final DeadLetterSender deadLetters;

    private record Kind(String metricset, String dataset) {}

    /** Takes where records go that are no metric documents. */
    public MetricDocuments(DeadLetterSender deadLetters) {
        this.deadLetters = deadLetters;
    }

    /**
     * The exchange's run, a group for each metricset and dataset in it, in the order of their first documents.
     *
     * @throws IllegalArgumentException where the body is no run
     * @throws org.apache.kafka.common.KafkaException where a dead letter was not taken: nothing of the run is done then
     */
    public Collection<MetricGroup> groups(Exchange exchange) {
        if (!(exchange.getMessage().getBody() instanceof RecordBatch run)) {
            throw new IllegalArgumentException(
                    "metric-documents: takes the runs of a kafka: endpoint with kafkaClientFactory=#runs, not "
                            + exchange.getMessage().getBody());
        }
        Map<Kind, MetricGroup> groups = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], ByteBuffer> each : run.records()) {
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
            throw new MetricDocumentException("found no value, allowed a JSON object");
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
