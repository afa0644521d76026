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
    /** Another build of Wadi, to compare two. */
    OTHER("own", "subject.MetricsWadiSubject", "");

    /** Measured unless {@code --subjects} names others. */
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

    /** The label in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The module of src/bench/subjects that it is in. */
    String module() {
        return module;
    }

    String main() {
        return "io.wadi.bench." + main;
    }

    /** Whether it evaluates the rules of alerts.yaml, too. */
    boolean hasRules() {
        return this == WADI_ALERTS;
    }

    /** The parts of the shipped configuration that it has: the flow with the handling of failures that it names. */
    List<String> configuration() {
        List<String> names = new ArrayList<>(
                List.of(SETTINGS, "topics.yaml", "routes/server-metrics.camel.yaml", "routes/errors.camel.yaml"));
        if (hasRules()) {
            names.addAll(List.of("routes/alerts.camel.yaml", "alerts.yaml"));
        }
        return names;
    }

    /** The setting that is true for it, of Wadi or of the job; empty where there is none. */
    String setting() {
        return setting;
    }

    /** Whether this Wadi can be measured so. */
    boolean isThere(Path project) throws IOException {
        if (!setting.startsWith("wadi.")) {
            return true;
        }
        try (Stream<String> lines = Files.lines(project.resolve(SETTINGS))) {
            return lines.anyMatch(line -> line.startsWith(setting + "="));
        }
    }
}
