package io.wadi.metrics.alerts;

import static io.wadi.runtime.config.Units.either;
import static io.wadi.runtime.config.Units.matching;

import io.wadi.runtime.config.NearestName;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.config.YamlFields;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Parser of {@code alerts.yaml} that collects all errors. */
final class AlertsFile {
    static final int MAX_RULES = 256;
    private static final int MAX_ENTRIES = 16;
    private static final Duration MAX_DURATION = Duration.ofDays(30);
    private static final Set<String> RESERVED_LABELS = Set.of("alertname", "host", "severity");
    /** The label that distinguishes the no-data alert of a rule in Alertmanager. */
    private static final String KIND = "kind";

    private static final List<String> VALUE_FIELDS =
            List.of("share", "above", "below", "resolve-at", "for", "keep-firing-for");
    private static final String NAME = "[\\p{L}\\p{N}._-]([\\p{L}\\p{N} ._-]{0,98}[\\p{L}\\p{N}._-])?";
    private static final String DOCUMENTS = "[\\w.-]{1,100}";
    private static final String DURATION = "a duration up to " + Units.text(MAX_DURATION) + " such as 90s or 5m";

    private final List<String> mistakes = new ArrayList<>();
    private final Map<String, AlertRule> rules = new LinkedHashMap<>();
    private final Map<Integer, Integer> lines = new LinkedHashMap<>();
    private final Duration hostTtl;

    private AlertsFile(Duration hostTtl) {
        this.hostTtl = hostTtl;
    }

    /**
     * Returns the rules in the order of the file; their names are unique.
     *
     * @param hostTtl see {@link AlertRules#parse(String, Duration)}
     * @throws SettingsException with all mistakes, each with line and column
     */
    static List<AlertRule> read(String yaml, Duration hostTtl) {
        AlertsFile file = new AlertsFile(hostTtl);
        YamlFields.of("alerts.yaml", yaml, file.mistakes).ifPresent(root -> {
            List<YamlFields> rules = root.mappings("rules", "alert");
            rules.forEach(file::rule);
            if (rules.size() > MAX_RULES) {
                root.refuse("rules", "has %d entries, expected up to %d".formatted(rules.size(), MAX_RULES));
            }
            root.end();
        });
        if (!file.mistakes.isEmpty()) {
            throw new SettingsException(file.mistakes);
        }
        return List.copyOf(file.rules.values());
    }

    private void rule(YamlFields fields) {
        Optional<String> name = fields.required(
                "alert",
                "1 to 100 letters, digits, blanks, dots, underscores and hyphens",
                text -> matching(text, NAME));
        Map<String, String> labels = labels(fields);
        List<FieldValue> values = values(fields);
        AlertCondition bound = bound(fields);
        AlertRule rule = new AlertRule(
                name.orElse(""),
                fields.value("metricset", "a metricset.name such as cpu", null, text -> matching(text, DOCUMENTS)),
                fields.value("dataset", "an event.dataset such as system.cpu", null, text -> matching(text, DOCUMENTS)),
                values,
                fields.value("share", "true or false", false, text -> either(text, "true", "false")),
                values.isEmpty() ? null : bound,
                duration(fields, "for", 0),
                duration(fields, "keep-firing-for", 0),
                duration(fields, "no-data-after", 1000),
                fields.value("severity", "1 to 100 characters", "warning", text -> matching(text, ".{1,100}")),
                labels,
                annotations(fields, labels),
                fields.value("invalid", "dead-letter or ignore", true, text -> either(text, "dead-letter", "ignore")));
        checkDependencies(fields, rule);
        if (rule.noDataMs() >= hostTtl.toMillis()) {
            fields.refuse(
                    "no-data-after",
                    "is %s, expected less than wadi.alerts.host-ttl=%s, after which the state of a host is removed"
                            .formatted(Units.text(Duration.ofMillis(rule.noDataMs())), Units.text(hostTtl)));
        }
        fields.end();
        name.ifPresent(declared -> add(rule, fields));
    }

    private void add(AlertRule rule, YamlFields fields) {
        Integer before = lines.putIfAbsent(rule.nameHash(), fields.line());
        if (before == null) {
            rules.put(rule.name(), rule);
        } else if (rules.containsKey(rule.name())) {
            fields.refuse("declared twice, first in line " + before);
        } else {
            fields.refuse("name has the same hash as the one in line " + before + ", expected a different name");
        }
    }

    private static List<FieldValue> values(YamlFields fields) {
        if (fields.isPlain("value")) {
            return fields
                    .value(
                            "value",
                            FieldValue.ALLOWED,
                            Optional.<FieldValue>empty(),
                            text -> Optional.of(FieldValue.parse(text)))
                    .stream()
                    .toList();
        }
        List<FieldValue> values = fields.values("value", FieldValue.ALLOWED, List.of(), FieldValue::parse);
        limit(fields, "value", values.size());
        return values;
    }

    private static AlertCondition bound(YamlFields fields) {
        Optional<Double> above = number(fields, "above");
        Optional<Double> below = number(fields, "below");
        double threshold = above.or(() -> below).orElse(Double.NaN);
        Optional<Double> resolveAt = number(fields, "resolve-at");
        resolveAt.ifPresent(end -> {
            if (above.isPresent() ? end > threshold : end < threshold) {
                fields.refuse(
                        "resolve-at",
                        "is %s, expected %s %s: the alert would resolve before it fires"
                                .formatted(end, above.isPresent() ? "at most" : "at least", threshold));
            }
        });
        return new AlertCondition(above.isPresent(), threshold, resolveAt.orElse(threshold));
    }

    /** Checks the fields that depend on each other. */
    private static void checkDependencies(YamlFields fields, AlertRule rule) {
        if (rule.metricset() != null && rule.dataset() != null) {
            fields.refuse("dataset", "and metricset are both set, expected one of them");
        }
        if (!fields.has("value")) {
            VALUE_FIELDS.stream().filter(fields::has).forEach(word -> fields.refuse(word, "needs a value"));
            if (!fields.has("no-data-after")) {
                fields.refuse("has neither value nor no-data-after: the rule would never fire");
            }
            return;
        }
        if (rule.metricset() == null && rule.dataset() == null && !fields.has("metricset") && !fields.has("dataset")) {
            fields.refuse("metricset is missing, expected a metricset.name such as cpu, or dataset instead");
        }
        if (fields.has("above") == fields.has("below")) {
            fields.refuse((fields.has("above") ? "has above and below" : "has neither above nor below")
                    + ", expected one of them");
        }
        if (rule.share() && rule.bound() != null) {
            share(fields, rule.bound().above() ? "above" : "below", rule.bound().threshold());
            share(fields, "resolve-at", rule.bound().resolveAt());
        }
    }

    private static void share(YamlFields fields, String word, double limit) {
        if (fields.has(word) && (limit < 0 || limit > 1)) {
            fields.refuse(word, "is %s, expected 0 to 1, because the value is a share".formatted(limit));
        }
    }

    private static Map<String, String> labels(YamlFields fields) {
        Map<String, String> labels = new LinkedHashMap<>(
                fields.free("labels", "a text of up to 256 characters", text -> matching(text, "(?s).{1,256}")));
        limit(fields, "labels", labels.size());
        labels.keySet().forEach(name -> {
            if (!name.matches("[a-zA-Z_]\\w{0,99}") || RESERVED_LABELS.contains(name) || name.equals(KIND)) {
                fields.refuse(
                        "labels",
                        ("has \"%s\", expected letters, digits and underscores, and not alertname, host, kind or"
                                        + " severity")
                                .formatted(name));
            }
        });
        return labels;
    }

    private static Map<String, Annotation> annotations(YamlFields fields, Map<String, String> labels) {
        Map<String, Annotation> annotations =
                new LinkedHashMap<>(fields.free("annotations", Annotation.ALLOWED, Annotation::parse));
        limit(fields, "annotations", annotations.size());
        Set<String> known = new TreeSet<>(RESERVED_LABELS);
        known.addAll(labels.keySet());
        annotations.forEach((name, annotation) -> annotation.labels().stream()
                .filter(label -> !known.contains(label))
                .forEach(label -> fields.refuse(
                        "annotations",
                        "has unknown label $labels.%s in %s; %s"
                                .formatted(label, name, NearestName.instead(label, known)))));
        return annotations;
    }

    private static void limit(YamlFields fields, String word, int count) {
        if (count > MAX_ENTRIES) {
            fields.refuse(word, "has %d entries, expected up to %d".formatted(count, MAX_ENTRIES));
        }
    }

    private static Optional<Double> number(YamlFields fields, String word) {
        return fields.value(word, "a number", Optional.empty(), text -> Optional.of(number(text)));
    }

    private static double number(String text) {
        double number = Double.parseDouble(matching(text, "[-+]?\\d{1,20}(\\.\\d{1,20})?([eE][-+]?\\d{1,2})?"));
        return number == 0 ? 0 : number;
    }

    private static long duration(YamlFields fields, String word, long least) {
        Function<String, Long> parser = text -> {
            long duration = Units.duration(text).toMillis();
            if (duration < least || duration > MAX_DURATION.toMillis()) {
                throw new IllegalArgumentException("too short or too long");
            }
            return duration;
        };
        return fields.value(word, (least > 0 ? "at least 1s: " : "") + DURATION, 0L, parser);
    }
}
