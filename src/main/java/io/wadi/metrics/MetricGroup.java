package io.wadi.metrics;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Message;

/**
 * The documents of one metricset and dataset, in the order of their records. If a group is the body of an exchange,
 * {@code kafka:} sends each document as one record: unchanged, with the host's name in UTF-8 as the key and without
 * headers.
 */
public final class MetricGroup implements Iterable<Message> {
    private final CamelContext camel;
    private final String metricset;
    private final String dataset;
    private final List<MetricDocument> documents = new ArrayList<>();

    MetricGroup(CamelContext camel, String metricset, String dataset) {
        this.camel = camel;
        this.metricset = metricset;
        this.dataset = dataset;
    }

    void add(MetricDocument document) {
        documents.add(document);
    }

    /** Returns {@code metricset.name}, such as {@code cpu}. */
    public String getMetricset() {
        return metricset;
    }

    /** Returns {@code event.dataset}, such as {@code system.cpu}; null if the documents have none. */
    public String getDataset() {
        return dataset;
    }

    int size() {
        return documents.size();
    }

    Set<String> hosts() {
        Set<String> hosts = new TreeSet<>();
        documents.forEach(document -> hosts.add(document.hostName()));
        return hosts;
    }

    /** Creates one message per document. */
    @Override
    public Iterator<Message> iterator() {
        return documents.stream()
                .map(document -> message(document, document.source()))
                .iterator();
    }

    /**
     * Returns the alerts ({@link MetricDocument#alert}) of the documents with a {@link MetricDocument#cpuPct} above
     * this share.
     */
    public List<Message> cpuOver(double share) {
        return over(share, MetricDocument::cpuPct);
    }

    /** Returns the alerts of the documents with a {@link MetricDocument#memoryPct} above this share. */
    public List<Message> memoryOver(double share) {
        return over(share, MetricDocument::memoryPct);
    }

    private List<Message> over(double share, Function<MetricDocument, Double> value) {
        List<Message> alerts = new ArrayList<>();
        for (MetricDocument document : documents) {
            Double found = value.apply(document);
            if (found != null && found > share) {
                alerts.add(message(document, document.alert()));
            }
        }
        return alerts;
    }

    private Message message(MetricDocument document, byte[] body) {
        return DocumentMessage.of(camel, document.hostName(), body);
    }

    @Override
    public String toString() {
        return "%d documents of %s".formatted(documents.size(), metricset);
    }
}
