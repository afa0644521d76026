package io.wadi.bench;

import io.wadi.local.MirrorRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The subjects of {@code ./wadi bench mirror}. */
enum MirrorSubject {
    /** {@code ./wadi mirror FILE}. */
    WADI(MirrorRun.class.getName()),
    /** The command of {@code connect-mirror-maker.sh FILE}. */
    BARE("org.apache.kafka.connect.mirror.MirrorMaker");

    private final String main;

    MirrorSubject(String main) {
        this.main = main;
    }

    static MirrorSubject named(String label) {
        return Arguments.named("--subjects", label, values(), MirrorSubject::label);
    }

    /** Returns the label in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the arguments after Java's own flags. */
    List<String> arguments(Path file, Path data) {
        List<String> common = List.of(
                // By default MirrorMaker prints a line for each of its settings.
                "-Dlogback.configurationFile=logback-up.xml",
                "-Dwadi.logs=" + data,
                "-cp",
                System.getProperty("java.class.path"),
                main,
                file.toString());
        return this == BARE
                ? common
                : Stream.concat(common.stream(), Stream.of("--data", data.toString()))
                        .toList();
    }
}
