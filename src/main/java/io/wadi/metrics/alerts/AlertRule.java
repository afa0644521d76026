package io.wadi.metrics.alerts;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * A rule of {@code alerts.yaml}.
 *
 * @param metricset the {@code metricset.name} of its documents; null for any
 * @param dataset the {@code event.dataset} of its documents; null for any
 * @param values the alternatives of the rule's value: the first one that is in a document is used; empty for a rule
 *     that only detects missing data
 * @param share whether the value must be from 0 to 1
 * @param bound null if the rule has no values
 * @param forMs how long the value must be beyond the bound before the alert fires, in milliseconds
 * @param keepFiringMs how long the value must be back within the bound before the alert resolves, in milliseconds
 * @param noDataMs time without documents before the no-data alert fires, in milliseconds; 0 for never
 * @param labels without {@code alertname}, {@code host} and {@code severity}, which every alert has
 * @param deadLetter whether invalid documents become dead letters; otherwise they are ignored
 */
record AlertRule(
        String name,
        String metricset,
        String dataset,
        List<FieldValue> values,
        boolean share,
        AlertCondition bound,
        long forMs,
        long keepFiringMs,
        long noDataMs,
        String severity,
        Map<String, String> labels,
        Map<String, Annotation> annotations,
        boolean deadLetter) {

    /** The upper half of the identities of documents, instead of the hash of a name; no name has a line feed. */
    static final int DOCUMENTS = hash("documents\n");

    /**
     * Returns the identity of the rule in stored states: the hash of the name in the upper half, and in the lower half
     * the hash of everything that defines states and labels. It must not change between versions of Wadi.
     */
    long fingerprint() {
        String meaning = String.join(
                "\n",
                name,
                "metricset " + metricset,
                "dataset " + dataset,
                "values " + values,
                "share " + share,
                bound == null
                        ? ""
                        : (bound.above() ? "above " : "below ") + bound.threshold() + " " + bound.resolveAt(),
                "times " + forMs + " " + keepFiringMs + " " + noDataMs,
                "severity " + severity,
                "labels " + new TreeMap<>(labels));
        return ((long) nameHash() << 32) | (hash(meaning) & 0xffffffffL);
    }

    /**
     * Returns the identity of the documents that the rule selects, in stored states. It must not change between
     * versions of Wadi, either.
     */
    long documents() {
        String meaning = "metricset " + metricset + "\ndataset " + dataset;
        return ((long) DOCUMENTS << 32) | (hash(meaning) & 0xffffffffL);
    }

    /** Returns the upper half of the fingerprint. */
    int nameHash() {
        return hash(name);
    }

    private static int hash(String text) {
        CRC32 hash = new CRC32();
        hash.update(text.getBytes(StandardCharsets.UTF_8));
        return (int) hash.getValue();
    }

    Origin origin() {
        return new Origin(fingerprint(), name, severity, labels, bound == null ? Double.NaN : bound.threshold());
    }

    /**
     * The part of a rule that is stored with an active alert, so that the alert can be resolved after the rule is
     * removed.
     *
     * @param threshold NaN if the rule has none
     */
    record Origin(long fingerprint, String name, String severity, Map<String, String> labels, double threshold) {}
}
