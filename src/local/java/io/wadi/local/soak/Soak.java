package io.wadi.local.soak;

import io.wadi.local.ChildJvm;
import io.wadi.local.StopSignal;
import io.wadi.local.Terminal;
import io.wadi.runtime.shutdown.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.LoggerFactory;

/**
 * {@code ./wadi soak}: a long run of two processes each of ingest, landing and indexing on real servers, with the load
 * of a day and faults derived from a seed, and a report.
 *
 * <p>Exits with 0 if no event was lost or duplicated and all processes recovered, otherwise with 1; with 2 if the run
 * failed.
 */
public final class Soak {
    private static final int NOT_RUN = 2;
    private static final int MAX_SEED = 100_000;

    private Soak() {}

    /**
     * Runs the soak test. The launcher sets {@code wadi.home}, the project's directory, {@code wadi.here}, the current
     * directory, and {@code wadi.colors} if it has found a terminal.
     */
    public static void main(String[] args) {
        Terminal terminal = new Terminal(Boolean.getBoolean("wadi.colors"));
        Path home = Path.of(System.getProperty("wadi.home", "")).toAbsolutePath();
        // Threads of the servers' clients may still run.
        System.exit(terminal.run(
                () -> {
                    SoakOptions options = SoakOptions.parse(
                            List.of(args),
                            ThreadLocalRandom.current().nextInt(MAX_SEED),
                            Path.of(System.getProperty("wadi.here", "")).toAbsolutePath(),
                            home.resolve("target/soak"));
                    return run(options, home, terminal);
                },
                NOT_RUN));
    }

    private static int run(SoakOptions options, Path home, Terminal terminal) throws IOException, InterruptedException {
        Path logs = Files.createDirectories(options.report().resolve("logs"));
        System.setProperty("logback.configurationFile", "logback-up.xml");
        System.setProperty("wadi.logs", logs.toString());
        LoggerFactory.getLogger(Soak.class).info("Logging to {}", logs);
        StopSignal stop = new StopSignal();
        Signals.onStop(stop::request);
        WadiProcess.Program jar = (jvm, arguments) -> command(home, jvm, arguments);
        SoakResult result = new SoakRun(options, jar, home, terminal, stop).run();
        Path page = SoakFiles.write(result, options.report());
        if (result.isWell()) {
            SoakRun.removeData(options.report());
        } else {
            result.problems().forEach(terminal::problem);
        }
        SoakRun.summary(result, page).forEach(terminal::println);
        return result.isWell() ? 0 : 1;
    }

    /** Returns the command of the jar with the shipped JVM options. */
    private static List<String> command(Path home, List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(ChildJvm.java(), "@" + home.resolve("jvm.options")));
        command.addAll(options);
        command.addAll(ChildJvm.jar(home));
        command.addAll(arguments);
        return command;
    }
}
