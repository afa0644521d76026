package io.wadi.metrics.prometheus;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.metrics.DocumentFrame;
import java.time.Instant;
import java.util.AbstractList;
import java.util.Map;

/**
 * The documents of one scrape in the form of Metricbeat's prometheus module (metricset {@code collector}): one per
 * group of samples with the same labels and time, then one with the outcome. Each is created on access.
 */
final class ScrapeDocuments extends AbstractList<byte[]> {
    private static final String JOB = "prometheus";

    private final DocumentFrame frame;
    private final Scrape scrape;
    private final ObjectNode agent;

    /**
     * The result of a scrape.
     *
     * @param groups empty after a failure
     * @param up whether the scrape succeeded
     * @param periodMs the time between scrapes; null if unknown
     */
    record Scrape(
            PrometheusTarget target, Instant time, long tookNanos, Long periodMs, SampleGroups groups, boolean up) {}

    ScrapeDocuments(DocumentFrame frame, Scrape scrape) {
        this.frame = frame;
        this.scrape = scrape;
        this.agent = frame.agent();
    }

    @Override
    public int size() {
        return scrape.groups().groups().size() + 1;
    }

    @Override
    public byte[] get(int index) {
        if (index == size() - 1) {
            return document(Map.of(), null, outcome());
        }
        SampleGroups.Group group = scrape.groups().groups().get(index);
        return document(group.labels(), group.timestampMs(), metrics(group.metrics()));
    }

    /** Returns the metrics of the scrape itself, named as in Prometheus, and two of Wadi. */
    private ObjectNode outcome() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("up", scrape.up() ? 1.0 : 0.0)
                .put("scrape_duration_seconds", scrape.tookNanos() / 1e9)
                .put("scrape_samples_scraped", (double) scrape.groups().samples())
                .put("wadi_scrape_samples_not_finite", (double) scrape.groups().notFinite())
                .put("wadi_scrape_rejected_lines", (double) scrape.groups().refusedLines());
    }

    /** Returns the values as decimals, so that type inference never makes an integer column. */
    private static ObjectNode metrics(Map<String, Double> values) {
        ObjectNode metrics = JsonNodeFactory.instance.objectNode();
        values.forEach((name, value) -> metrics.put(name, value.doubleValue()));
        return metrics;
    }

    private byte[] document(Map<String, String> labels, Long timestampMs, ObjectNode metrics) {
        PrometheusTarget target = scrape.target();
        ObjectNode host = JsonNodeFactory.instance.objectNode().put("name", target.host());
        Instant time = timestampMs == null ? scrape.time() : Instant.ofEpochMilli(timestampMs);
        ObjectNode document = frame.document("collector", time, host, agent, scrape.periodMs(), scrape.tookNanos());
        ((ObjectNode) document.get("service")).put("address", target.address());
        ObjectNode prometheus = document.putObject("prometheus");
        ObjectNode all = prometheus.putObject("labels");
        all.put("instance", target.instance()).put("job", JOB);
        labels.forEach(all::put); // a target's own instance and job win, as in Metricbeat
        prometheus.set("metrics", metrics);
        return DocumentFrame.bytes(document);
    }
}
