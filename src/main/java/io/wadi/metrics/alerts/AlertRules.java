package io.wadi.metrics.alerts;

import io.wadi.metrics.alerts.AlertRule.Origin;
import io.wadi.runtime.config.SettingsException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** The rules of an {@code alerts.yaml}, compiled. Immutable but for what it remembers; used by one thread at a time. */
public final class AlertRules {
    // The places of FieldValue.TEXTS.
    static final int TIMESTAMP = 0;
    static final int HOST = 1;
    static final int METRICSET = 2;
    static final int DATASET = 3;
    static final int ERROR = 4;

    /** How many fields are texts: those above. */
    static final int TEXTS = 5;

    /** Where the numbers of a {@link FieldValue} are; the divisor is -1 where there is none. */
    record Slots(int field, int divisor) {}

    /** What one kind of document is read for. */
    static final class Selection {
        private final int[] rules;
        private final boolean[] needed;

        private Selection(int[] rules, boolean[] needed) {
            this.rules = rules;
            this.needed = needed;
        }

        /** The rules that look at it; not to be changed. */
        int[] rules() {
            return rules;
        }

        /** Whether this field has to be looked for. Once all that are needed are found, no others are. */
        boolean needs(int slot) {
            return needed[slot];
        }
    }

    private final List<AlertRule> rules;
    private final List<Origin> origins;
    private final FieldTree fields = new FieldTree(FieldValue.TEXTS);
    private final Slots[][] values;
    private final Map<Long, Integer> byFingerprint = new HashMap<>();
    private final Map<Integer, Integer> byName = new HashMap<>();
    private final Set<String> metricsets = new HashSet<>();
    private final Set<String> datasets = new HashSet<>();
    private final Map<String, Map<String, Selection>> selections = new HashMap<>();

    private AlertRules(List<AlertRule> rules) {
        this.rules = rules;
        this.origins = rules.stream().map(AlertRule::origin).toList();
        this.values = rules.stream().map(this::slots).toArray(Slots[][]::new);
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
     * Reads the rules.
     *
     * @param yaml what stands in {@code alerts.yaml}
     * @throws SettingsException with all mistakes, each with line and column
     */
    public static AlertRules parse(String yaml) {
        return new AlertRules(AlertsFile.read(yaml));
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

    /** What an alert of the rule says of it. */
    Origin origin(int index) {
        return origins.get(index);
    }

    /** Where a rule's values are, in the order in which they count. */
    Slots[] values(int index) {
        return values[index];
    }

    FieldTree fields() {
        return fields;
    }

    /** The rule with this fingerprint; null where it is not there any more. */
    Integer byFingerprint(long fingerprint) {
        return byFingerprint.get(fingerprint);
    }

    /** The rule of this name, as it is now; null where there is none. */
    Integer byName(int nameHash) {
        return byName.get(nameHash);
    }

    /** Whether it takes {@code event.dataset} to know which rules look at a document. */
    boolean isByDataset() {
        return !datasets.isEmpty();
    }

    /** What a document is read for; either may be null. Names that no rule has are not remembered. */
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
