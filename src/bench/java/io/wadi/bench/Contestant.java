package io.wadi.bench;

/** A subject: the module of src/bench/subjects, the class in it, and the number of threads. */
enum Contestant {
    WADI("wadi", "own", "io.wadi.bench.subject.WadiSubject", 1),
    /** Wadi with two landing threads. */
    WADI_2("wadi-2", "own", "io.wadi.bench.subject.WadiSubject", 2),
    /** Wadi without its metrics. */
    UNOBSERVED("unobserved", "own", "io.wadi.bench.subject.WadiSubject", 1),
    BARE("bare", "own", "io.wadi.bench.subject.BareSubject", 1),
    CLASSIC("classic", "own", "io.wadi.bench.subject.ClassicSubject", 1),
    CONNECT("connect", "connect", "io.wadi.bench.connect.ConnectSubject", 1),
    FLINK("flink", "flink", "io.wadi.bench.flink.FlinkSubject", 1),
    /** Another build of Wadi, for comparison. */
    OTHER("other", "own", "io.wadi.bench.subject.WadiSubject", 1),
    FLINK_4("flink-4", "flink", "io.wadi.bench.flink.FlinkSubject", 4);

    private final String label;
    private final String module;
    private final String main;
    private final int parallelism;

    Contestant(String label, String module, String main, int parallelism) {
        this.label = label;
        this.module = module;
        this.main = main;
        this.parallelism = parallelism;
    }

    static Contestant named(String label) {
        return Arguments.named("--subjects", label, values(), Contestant::label);
    }

    /** Returns the label in tables and JSON. */
    String label() {
        return label;
    }

    String module() {
        return module;
    }

    String main() {
        return main;
    }

    /** Returns the number of landing threads of Wadi or Flink. */
    int parallelism() {
        return parallelism;
    }

    /**
     * Returns the case for this subject. The classic worker writes a file for each poll, which takes minutes for the
     * full volume.
     */
    LandingCase share(LandingCase full) {
        return this == CLASSIC && full.records() > 20_000 ? LandingCase.of(20_000, full.valueBytes()) : full;
    }

    /**
     * Returns whether the subject writes files of the full number of records. Flink's files are not divided by offset,
     * and the classic worker writes one for each poll.
     */
    boolean makesWholeFiles() {
        return this == WADI || this == WADI_2 || this == UNOBSERVED || this == OTHER || this == BARE || this == CONNECT;
    }
}
