package io.wadi.metrics.alerts;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * A rule as declared.
 *
 * @param metricset the {@code metricset.name} of its documents; null where they are chosen otherwise
 * @param dataset their {@code event.dataset}; null likewise. A rule with neither looks at every document
 * @param values the first that a document has counts; empty for a rule that only asks whether the host speaks
 * @param share whether the value has to be from 0 to 1
 * @param bound null where there are no values
 * @param forMs how long the value has to be over the bound before the alert fires, in milliseconds; 0 for at once
 * @param keepFiringMs how long it has to be back before the alert is resolved; 0 for at once
 * @param noDataMs how long a host may be silent; 0 for as long as it likes
 * @param labels without {@code alertname}, {@code host} and {@code severity}, which every alert has
 * @param deadLetter whether a document that cannot be used belongs in the dead letters; it is ignored otherwise
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

    /**
     * Tells whether a state is this rule's: the name's hash in the upper half, and that of all that gives a state its
     * meaning, or an alert its labels, in the lower. Equal in every version of Wadi, since states are stored with it.
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

    /** The upper half of every fingerprint that a rule of this name has. */
    int nameHash() {
        return hash(name);
    }

    private static int hash(String text) {
        CRC32 hash = new CRC32();
        hash.update(text.getBytes(StandardCharsets.UTF_8));
        return (int) hash.getValue();
    }

    /** What an alert of this rule says of it. */
    Origin origin() {
        return new Origin(fingerprint(), name, severity, labels, bound == null ? Double.NaN : bound.threshold());
    }

    /**
     * The part of a rule that stays with an active alert, so that it can be ended when the rule is gone.
     *
     * @param threshold NaN where the rule has none
     */
    record Origin(long fingerprint, String name, String severity, Map<String, String> labels, double threshold) {
        int nameHash() {
            return (int) (fingerprint >>> 32);
        }
    }
}
