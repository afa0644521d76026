package io.wadi.local.soak;

import io.wadi.local.ChildJvm;
import io.wadi.local.StopRequest;
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
 * {@code ./wadi soak}: a long run of two processes each of ingest, landing and indexing on real servers, with the load of a day
 * and faults by a seed, and a report of what was seen.
 *
 * <p>Exits with 0 where nothing was lost or doubled and all went on, with 1 where not, with 2 where it could not be run.
 */
public final class Soak {
    private static final int NOT_RUN = 2;
    private static final int SEEDS = 100_000;

    private Soak() {}

    /**
     * The launcher starts this in {@code wadi.home}, the project's directory, and says where it was itself by {@code wadi.here}, and
     * by {@code wadi.colours} that it found a terminal.
     */
    public static void main(String[] args) {
        Terminal terminal = new Terminal(Boolean.getBoolean("wadi.colours"));
        Path home = Path.of(System.getProperty("wadi.home", "")).toAbsolutePath();
        int code = NOT_RUN;
        try {
            SoakOptions options = SoakOptions.parse(
                    List.of(args),
                    ThreadLocalRandom.current().nextInt(SEEDS),
                    Path.of(System.getProperty("wadi.here", "")).toAbsolutePath(),
                    home.resolve("target/soak"));
            code = run(options, home, terminal);
        } catch (IllegalArgumentException | IOException e) {
            terminal.problem(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Threads of the servers' clients may be left.
        System.exit(code);
    }

    private static int run(SoakOptions options, Path home, Terminal terminal) throws IOException, InterruptedException {
        Path logs = Files.createDirectories(options.report().resolve("logs"));
        System.setProperty("logback.configurationFile", "logback-up.xml");
        System.setProperty("wadi.logs", logs.toString());
        LoggerFactory.getLogger(Soak.class).info("Logging to {}", logs);
        StopRequest stop = new StopRequest();
        Signals.onStop(stop::ask);
        WadiProcess.Program jar = (jvm, arguments) -> command(home, jvm, arguments);
        SoakResult result = new SoakRun(options, jar, home, terminal, stop).run();
        Path page = SoakFiles.write(result, options.report());
        if (result.isWell()) {
            SoakRun.removeData(options.report());
        } else {
            result.problems().forEach(terminal::problem);
        }
        SoakRun.summary(result, page).forEach(terminal::say);
        return result.isWell() ? 0 : 1;
    }

    /** The jar, with the options of its JVM that are shipped. */
    private static List<String> command(Path home, List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(ChildJvm.java(), "@" + home.resolve("jvm.options")));
        command.addAll(options);
        command.addAll(ChildJvm.jar(home));
        command.addAll(arguments);
        return command;
    }
}
