package io.wadi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who is measured by {@code ./wadi bench metrics}. */
enum MetricsSubject {
    WADI("own", "subject.MetricsWadiSubject", ""),
    WADI_EOS("own", "subject.MetricsWadiSubject", "wadi.metrics.exactly-once"),
    STREAMS("streams", "streams.ClassicRouting", ""),
    BARE("streams", "streams.CarefulRouting", ""),
    BARE_EOS("streams", "streams.CarefulRouting", "exactly-once");

    private final String module;
    private final String main;
    private final String setting;

    MetricsSubject(String module, String main, String setting) {
        this.module = module;
        this.main = main;
        this.setting = setting;
    }

    static MetricsSubject named(String label) {
        return Arrays.stream(values())
                .filter(each -> each.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--subjects: there is no \"%s\", only %s"
                        .formatted(
                                label,
                                Arrays.stream(values())
                                        .map(MetricsSubject::label)
                                        .collect(Collectors.joining(", ")))));
    }

    /** As in tables and JSON. */
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

    /** The setting that is true for it, of Wadi or of the job; empty where there is none. */
    String setting() {
        return setting;
    }

    /** Whether this Wadi can be measured so. */
    boolean isThere(Path applicationProperties) throws IOException {
        if (!setting.startsWith("wadi.")) {
            return true;
        }
        try (Stream<String> lines = Files.lines(applicationProperties)) {
            return lines.anyMatch(line -> line.startsWith(setting + "="));
        }
    }
}
