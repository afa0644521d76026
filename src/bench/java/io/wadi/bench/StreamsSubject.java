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

    /** The label in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The module of src/bench/subjects that it is in. */
    String module() {
        return module;
    }

    String main() {
        return "io.wadi.bench." + main;
    }

    /** Whether it has something of its own in a case. */
    boolean takesPart(StreamsCase in) {
        return this != ROCKSDB || in.hasState();
    }
}
