package io.wadi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The subjects of {@code ./wadi bench metrics}. */
enum MetricsSubject {
    WADI("own", "subject.MetricsWadiSubject", ""),
    WADI_EOS("own", "subject.MetricsWadiSubject", "wadi.metrics.exactly-once"),
    WADI_ALERTS("own", "subject.MetricsWadiSubject", "wadi.alerts.enabled"),
    STREAMS("streams", "streams.ClassicRouting", ""),
    BARE("streams", "streams.CarefulRouting", ""),
    BARE_EOS("streams", "streams.CarefulRouting", "exactly-once"),
    /** Another build of Wadi, for comparison. */
    OTHER("own", "subject.MetricsWadiSubject", "");

    /** The subjects that are measured by default. */
    static final List<MetricsSubject> BY_DEFAULT =
            Stream.of(values()).filter(each -> each != OTHER).toList();

    private static final String SETTINGS = "application.properties";

    private final String module;
    private final String main;
    private final String setting;

    MetricsSubject(String module, String main, String setting) {
        this.module = module;
        this.main = main;
        this.setting = setting;
    }

    static MetricsSubject named(String label) {
        return Arguments.named("--subjects", label, values(), MetricsSubject::label);
    }

    /** Returns the label in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the module of src/bench/subjects that contains the subject. */
    String module() {
        return module;
    }

    String main() {
        return "io.wadi.bench." + main;
    }

    /** Returns whether the subject also evaluates the rules of alerts.yaml. */
    boolean hasRules() {
        return this == WADI_ALERTS;
    }

    /**
     * Returns the files of the shipped configuration that the subject uses: its flow, and the error handling to which
     * the flow refers.
     */
    List<String> configuration() {
        List<String> names = new ArrayList<>(
                List.of(SETTINGS, "topics.yaml", "routes/server-metrics.camel.yaml", "routes/errors.camel.yaml"));
        if (hasRules()) {
            names.addAll(List.of("routes/alerts.camel.yaml", "alerts.yaml"));
        }
        return names;
    }

    /** Returns the setting of Wadi or of the job that is true for the subject; empty if there is none. */
    String setting() {
        return setting;
    }

    /** Returns whether this build of Wadi has the subject's setting. */
    boolean isThere(Path project) throws IOException {
        if (!setting.startsWith("wadi.")) {
            return true;
        }
        try (Stream<String> lines = Files.lines(project.resolve(SETTINGS))) {
            return lines.anyMatch(line -> line.startsWith(setting + "="));
        }
    }
}
