package io.wadi.local;

import static java.util.function.Predicate.not;

import io.wadi.extension.mirror.MirrorFile;
import io.wadi.extension.mirror.MirrorMonitor;
import io.wadi.extension.mirror.MirrorReport;
import io.wadi.extension.mirror.MirrorReport.FlowState;
import io.wadi.extension.mirror.MirrorText;
import io.wadi.runtime.shutdown.Signals;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.apache.kafka.common.utils.Sanitizer;
import org.apache.kafka.connect.errors.NotFoundException;
import org.apache.kafka.connect.mirror.MirrorMaker;
import org.apache.kafka.connect.mirror.SourceAndTarget;
import org.apache.kafka.connect.runtime.AbstractStatus;
import org.apache.kafka.connect.runtime.ConnectMetrics;
import org.apache.kafka.connect.runtime.rest.entities.ConnectorStateInfo;
import org.slf4j.LoggerFactory;

/**
 * {@code ./wadi mirror FILE}: runs MirrorMaker 2 in this JVM until Ctrl-C or SIGTERM and prints its state when it
 * changes. With {@code --with clusters} it starts a broker for each of the file's clusters in its own JVM. Problems of
 * the mirror prevent the start.
 *
 * <p>Exits with 0 after an orderly stop, with 1 if the start failed.
 */
public final class MirrorRun {
    private static final String USAGE =
            "Usage: ./wadi mirror FILE [--with clusters] [--data DIR]; ./wadi mirror check|status|failover FILE";
    private static final int FAILED = 1;
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(2);

    private final Terminal terminal;
    private final Path file;
    private final boolean withClusters;
    private final Path data;
    private final StopSignal stop = new StopSignal();
    private final Map<String, KafkaProcess> clusters = new LinkedHashMap<>();

    private MirrorRun(Terminal terminal, Path file, boolean withClusters, Path data) {
        this.terminal = terminal;
        this.file = file;
        this.withClusters = withClusters;
        this.data = data;
    }

    /** Runs until a stop signal. */
    public static void main(String[] args) {
        Terminal terminal = new Terminal(Boolean.getBoolean("wadi.colors"));
        System.exit(terminal.run(() -> parse(terminal, args).run(), FAILED));
    }

    private static MirrorRun parse(Terminal terminal, String... args) {
        Path home = Path.of(System.getProperty("wadi.home", "")).toAbsolutePath();
        Path file = null;
        boolean withClusters = false;
        Path data = home.resolve(".wadi").resolve("mirror");
        Deque<String> left = new ArrayDeque<>(List.of(args));
        while (!left.isEmpty()) {
            String word = left.remove();
            if (word.equals("--with") && "clusters".equals(left.peek())) {
                withClusters = left.remove().equals("clusters");
            } else if (word.equals("--data") && !left.isEmpty()) {
                data = Path.of(left.remove()).toAbsolutePath();
            } else if (file == null && !word.startsWith("-")) {
                file = Path.of(word);
            } else {
                throw new IllegalArgumentException("Unknown argument \"" + word + "\". " + USAGE);
            }
        }
        if (file == null) {
            throw new IllegalArgumentException("The file of MirrorMaker is missing. " + USAGE);
        }
        return new MirrorRun(terminal, file, withClusters, data);
    }

    private int run() throws IOException, InterruptedException {
        Files.createDirectories(data);
        System.setProperty("logback.configurationFile", "logback-up.xml");
        System.setProperty("wadi.logs", data.toString());
        LoggerFactory.getLogger(MirrorRun.class).info("Logging to {}", data);
        Signals.onStop(() -> stop.request());
        try {
            MirrorFile mirror = withClusters ? startClusters() : MirrorFile.read(file);
            return mirror(mirror);
        } finally {
            clusters.values().forEach(KafkaProcess::close);
        }
    }

    private MirrorFile startClusters() throws IOException {
        List<String> aliases = MirrorFile.aliases(file);
        Map<String, String> servers = new LinkedHashMap<>();
        for (String alias : aliases) {
            KafkaProcess cluster = KafkaProcess.start(Files.createDirectories(data.resolve(alias)));
            clusters.put(alias, cluster);
            servers.put(alias, cluster.brokers());
            terminal.println("%s: Kafka at %s, process %d".formatted(alias, cluster.brokers(), cluster.pid()));
        }
        return MirrorFile.read(file, servers);
    }

    /** Returns the parts of a state that are printed when they change. */
    private static Object printedParts(FlowState state) {
        return List.of(state.partitions().size(), state.lag(), state.problems(), state.heartbeatAgeMs() == null);
    }

    /**
     * Returns the connectors and tasks of the file's flows that have failed in this JVM. MirrorMaker does not start them
     * again.
     */
    private static List<String> failures(MirrorMaker running, MirrorFile file) {
        return file.flows().stream()
                .flatMap(flow -> MirrorMaker.CONNECTOR_CLASSES.stream()
                        .flatMap(connector -> failures(
                                running, new SourceAndTarget(flow.from(), flow.to()), connector.getSimpleName())))
                .toList();
    }

    private static Stream<String> failures(MirrorMaker running, SourceAndTarget flow, String connector) {
        ConnectorStateInfo state;
        try {
            state = running.connectorStatus(flow, connector);
        } catch (NotFoundException e) {
            return Stream.empty(); // MirrorMaker has not started it yet
        }
        return Stream.concat(
                failure(flow, connector, state.connector()).stream(),
                state.tasks().stream().flatMap(task -> failure(flow, connector + " task " + task.id(), task).stream()));
    }

    private static Optional<String> failure(SourceAndTarget flow, String name, ConnectorStateInfo.AbstractState state) {
        if (!state.state().equals(AbstractStatus.State.FAILED.name()) || !isOwn(state.workerId())) {
            return Optional.empty();
        }
        List<String> causes = state.trace()
                .lines()
                .filter(line -> !line.startsWith("\t"))
                .map(line -> line.replaceFirst("^Caused by: ", ""))
                .toList();
        return Optional.of("%s: %s failed, and stays so until this command is restarted: %s"
                .formatted(flow, name, String.join("; ", causes)));
    }

    /** Returns whether a worker runs in this JVM. The stored state of a task is that of its last worker. */
    private static boolean isOwn(String worker) {
        try {
            return ManagementFactory.getPlatformMBeanServer()
                    .isRegistered(new ObjectName(
                            ConnectMetrics.JMX_PREFIX + ":type=app-info,id=" + Sanitizer.jmxSanitize(worker)));
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException("Invalid worker id " + worker, e);
        }
    }

    private int mirror(MirrorFile file) throws InterruptedException {
        try (MirrorMonitor monitor = new MirrorMonitor(file, Clock.systemUTC())) {
            List<String> problems = monitor.measure().flows().stream()
                    .flatMap(each -> each.problems().stream())
                    .distinct()
                    .toList();
            if (!problems.isEmpty()) {
                problems.forEach(terminal::problem);
                return FAILED;
            }
            Map<String, String> settings = new LinkedHashMap<>(file.settings());
            // Otherwise MirrorMaker scans the whole class path for connectors, once for each direction.
            settings.put("plugin.discovery", "service_load");
            file.clusters().forEach(alias -> settings.put(alias + ".plugin.discovery", "service_load"));
            MirrorMaker mirrorMaker = new MirrorMaker(settings);
            mirrorMaker.start();
            terminal.println("MirrorMaker runs; its log is in " + data);
            List<Object> before = List.of();
            List<String> failedBefore = List.of();
            while (!stop.await(POLL_INTERVAL)) {
                MirrorReport report = monitor.measure();
                List<Object> now =
                        report.flows().stream().map(MirrorRun::printedParts).toList();
                if (!now.equals(before)) {
                    MirrorText.of(report).forEach(terminal::println);
                    before = now;
                }
                List<String> failed = failures(mirrorMaker, file);
                failed.stream().filter(not(failedBefore::contains)).forEach(terminal::problem);
                failedBefore = failed;
            }
            terminal.println("Stopping MirrorMaker …");
            mirrorMaker.stop();
            mirrorMaker.awaitStop();
            terminal.println("Stopped.");
            return 0;
        }
    }
}
