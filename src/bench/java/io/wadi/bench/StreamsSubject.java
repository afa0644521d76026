package io.wadi.bench;

import java.util.Locale;

/** The subjects of {@code ./wadi bench streams}. */
enum StreamsSubject {
    WADI("own", "subject.TopologyWadiSubject"),
    BARE("streams", "streams.WrittenTopology"),
    ROCKSDB("streams", "streams.WrittenTopology");

    private final String module;
    private final String main;

    StreamsSubject(String module, String main) {
        this.module = module;
        this.main = main;
    }

    static StreamsSubject named(String label) {
        return Arguments.named("--subjects", label, values(), StreamsSubject::label);
    }

    /** Returns the label in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the module of src/bench/subjects that contains the subject. */
    String module() {
        return module;
    }

    String main() {
        return "io.wadi.bench." + main;
    }

    /** Returns whether the subject differs from the others in a case. */
    boolean takesPart(StreamsCase in) {
        return this != ROCKSDB || in.hasState();
    }
}
