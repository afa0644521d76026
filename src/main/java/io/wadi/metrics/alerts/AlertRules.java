package io.wadi.metrics.alerts;

import io.wadi.metrics.alerts.AlertRule.Origin;
import io.wadi.runtime.config.SettingsException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** The compiled rules of an {@code alerts.yaml}. Not thread-safe, because selections are cached. */
public final class AlertRules {
    // The indexes of FieldValue.TEXTS.
    static final int TIMESTAMP = 0;
    static final int HOST = 1;
    static final int METRICSET = 2;
    static final int DATASET = 3;
    static final int ERROR = 4;

    /** The number of string fields. */
    static final int TEXTS = 5;

    /** The field indexes of a {@link FieldValue}; the divisor is -1 if there is none. */
    record Slots(int field, int divisor) {}

    /** The indexes of the rules and the fields that apply to one kind of document. */
    @SuppressWarnings("ArrayRecordComponent") // never modified or compared
    record Selection(int[] rules, boolean[] needed) {
        /** Returns whether a rule needs this field. */
        boolean needs(int slot) {
            return needed[slot];
        }
    }

    private final List<AlertRule> rules;
    private final List<Origin> origins;
    private final FieldTree fields = new FieldTree(FieldValue.TEXTS);
    private final Slots[][] values;
    private final long[] documents;
    private final Map<Long, Integer> byFingerprint = new HashMap<>();
    private final Map<Integer, Integer> byName = new HashMap<>();
    private final Set<String> metricsets = new HashSet<>();
    private final Set<String> datasets = new HashSet<>();
    private final Map<String, Map<String, Selection>> selections = new HashMap<>();

    private AlertRules(List<AlertRule> rules) {
        this.rules = rules;
        this.origins = rules.stream().map(AlertRule::origin).toList();
        this.values = rules.stream().map(this::slots).toArray(Slots[][]::new);
        this.documents = rules.stream().mapToLong(AlertRule::documents).toArray();
        for (int i = 0; i < rules.size(); i++) {
            AlertRule rule = rules.get(i);
            byFingerprint.put(origins.get(i).fingerprint(), i);
            byName.put(rule.nameHash(), i);
            metricsets.add(rule.metricset());
            datasets.add(rule.dataset());
        }
        metricsets.remove(null);
        datasets.remove(null);
    }

    /**
     * Parses the content of {@code alerts.yaml}.
     *
     * @throws SettingsException with all errors, each with line and column
     */
    public static AlertRules parse(String yaml) {
        return parse(yaml, Duration.ofMillis(Long.MAX_VALUE));
    }

    /**
     * Like {@link #parse(String)}, with a limit of {@code no-data-after}.
     *
     * @param hostTtl the time without documents after which the state of a host is removed
     * @throws SettingsException also if a no-data alert would not fire before that
     */
    public static AlertRules parse(String yaml, Duration hostTtl) {
        return new AlertRules(AlertsFile.read(yaml, hostTtl));
    }

    private Slots[] slots(AlertRule rule) {
        return rule.values().stream()
                .map(value -> new Slots(
                        fields.slot(value.field()), value.divisor() == null ? -1 : fields.slot(value.divisor())))
                .toArray(Slots[]::new);
    }

    int size() {
        return rules.size();
    }

    AlertRule rule(int index) {
        return rules.get(index);
    }

    Origin origin(int index) {
        return origins.get(index);
    }

    /** Returns the identity of a rule's documents in stored states. */
    long documents(int index) {
        return documents[index];
    }

    /** Returns the field indexes of a rule's values, in order of precedence. */
    Slots[] values(int index) {
        return values[index];
    }

    FieldTree fields() {
        return fields;
    }

    /** Returns the index of the rule with this fingerprint; null if there is none. */
    Integer byFingerprint(long fingerprint) {
        return byFingerprint.get(fingerprint);
    }

    /** Returns the index of the rule with this hash of its name; null if there is none. */
    Integer byName(int nameHash) {
        return byName.get(nameHash);
    }

    /** Returns whether a rule selects documents by {@code event.dataset}. */
    boolean isByDataset() {
        return !datasets.isEmpty();
    }

    /** Returns the selection for a document; either name may be null. Names unknown to the rules are not cached. */
    Selection selection(String metricset, String dataset) {
        String set = metricsets.contains(metricset) ? metricset : null;
        String data = datasets.contains(dataset) ? dataset : null;
        return selections
                .computeIfAbsent(set, unseen -> new HashMap<>())
                .computeIfAbsent(data, unseen -> select(set, data));
    }

    private Selection select(String metricset, String dataset) {
        int[] selected = IntStream.range(0, rules.size())
                .filter(i -> matches(rules.get(i).metricset(), metricset)
                        && matches(rules.get(i).dataset(), dataset))
                .toArray();
        boolean[] needed = new boolean[fields.size()];
        needed[TIMESTAMP] = selected.length > 0;
        needed[HOST] = selected.length > 0;
        Arrays.stream(selected).filter(i -> values[i].length > 0).forEach(i -> {
            needed[values[i][0].field()] = true;
            if (values[i][0].divisor() >= 0) {
                needed[values[i][0].divisor()] = true;
            }
        });
        return new Selection(selected, needed);
    }

    private static boolean matches(String declared, String found) {
        return declared == null || declared.equals(found);
    }
}
