package io.wadi.local;

import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.shutdown.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.slf4j.LoggerFactory;

/**
 * {@code ./wadi up}: runs the servers in this JVM and in child processes, and the pipeline as a child process, until
 * Ctrl-C or SIGTERM. It restarts a pipeline that ends unexpectedly after it was ready. Exits with 0 after an orderly
 * stop, with 1 if the start failed or a server has crashed, with 2 if the pipeline has left unfinished work.
 */
public final class Up implements LocalServers.Progress {
    private static final int FAILED = 1;
    /** The pipeline has left unfinished work, which the next start repeats. */
    private static final int LEFT = 2;

    private static final Duration PIPELINE_DRAIN = Duration.ofSeconds(60);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);
    /** Maximum number of attempts to create topics, since metadata of a new topic reaches the brokers with a delay. */
    private static final int MAX_ATTEMPTS = 20;

    private final Terminal terminal;
    private final Path home;
    private final UpOptions options;
    private final StopSignal stop = new StopSignal();
    private volatile boolean serversStarted;
    private final Restarts restarts = new Restarts();
    private volatile Optional<Pipeline> pipeline = Optional.empty();
    private Instant pipelineStarted = Instant.MIN;

    private Up(Terminal terminal, Path home, UpOptions options) {
        this.terminal = terminal;
        this.home = home;
        this.options = options;
    }

    /**
     * Runs until a stop signal. The launcher sets {@code wadi.home}, the project's directory, and {@code wadi.colors}
     * if it has found a terminal.
     */
    public static void main(String[] args) {
        Terminal terminal = new Terminal(Boolean.getBoolean("wadi.colors"));
        Path home = Path.of(System.getProperty("wadi.home", "")).toAbsolutePath();
        // Threads of the servers' clients may still be running.
        System.exit(terminal.run(
                () -> {
                    UpOptions options = UpOptions.parse(List.of(args), home.resolve(".wadi"));
                    try (DataLock lock = DataLock.take(options.data())) {
                        lock.signWithPid();
                        return new Up(terminal, home, options).run();
                    }
                },
                FAILED));
    }

    private int run() throws IOException {
        List<String> problems = Preflight.problems(options, Machine.here(options.data()));
        if (!problems.isEmpty()) {
            problems.forEach(terminal::problem);
            return FAILED;
        }
        startLogging();
        Signals.onStop(this::onStopSignal);
        try (LocalServers servers = new LocalServers(
                options.data(), LocalElasticsearch.unpackedIn(home.resolve("target")), options.servers(), this)) {
            boolean well = start(servers) && watch(servers);
            boolean drained = stopPipeline();
            terminal.step("Stopping the servers …");
            servers.stop();
            terminal.println(
                    well ? "Stopped. The data is kept in " + options.data() + "." : "Stopped after a failure.");
            return well ? drained ? 0 : LEFT : FAILED;
        }
    }

    /** Called on one thread before the servers start, since slf4j warns if several threads initialize it. */
    private void startLogging() throws IOException {
        Files.createDirectories(logs());
        System.setProperty("logback.configurationFile", "logback-up.xml");
        System.setProperty("wadi.logs", logs().toString());
        LoggerFactory.getLogger(Up.class).info("Logging to {}", logs());
    }

    /** Starts servers and pipeline; returns false if the pipeline did not start. */
    private boolean start(LocalServers servers) throws IOException {
        terminal.step("Starting Kafka, HDFS and Elasticsearch …");
        servers.start();
        serversStarted = true;
        if (options.examples() && !stop.isRequested()) {
            createExampleTopics();
        }
        if (stop.isRequested()) {
            return true;
        }
        terminal.step("Starting the pipeline …");
        Pipeline started = startPipeline();
        Instant begin = pipelineStarted;
        while (!started.ready()) {
            if (stop.await(POLL_INTERVAL.dividedBy(5))) {
                return true;
            }
            if (!started.running() || Instant.now().isAfter(begin.plus(ChildJvm.START_TIMEOUT))) {
                explain(
                        started.running()
                                ? "was not ready after " + ChildJvm.START_TIMEOUT.toSeconds() + " s"
                                : "ended with code " + started.exitCode(),
                        started);
                return false;
            }
        }
        terminal.done("Pipeline", "ready", Duration.between(begin, Instant.now()));
        UpScreen.lines(options, logs()).forEach(terminal::println);
        return true;
    }

    private Pipeline startPipeline() throws IOException {
        pipelineStarted = Instant.now();
        Pipeline started = Pipeline.start(home, options, logs().resolve("wadi.log"), terminal, restarts);
        pipeline = Optional.of(started);
        return started;
    }

    /** Restarts an ended pipeline after a delay, unless a stop is requested. */
    private void restart(Pipeline dead) throws IOException {
        Duration ran = Duration.between(pipelineStarted, Instant.now());
        Duration delay = restarts.after(ran, dead.exitCode(), dead.lastLines());
        terminal.problem("The pipeline %s after %d s: restart %d in %d s, its log is then %s."
                .formatted(
                        restarts.cause(),
                        ran.toSeconds(),
                        restarts.count(),
                        delay.toSeconds(),
                        logs().resolve("wadi.log.1")));
        if (!stop.await(delay)) {
            startPipeline();
        }
    }

    /** Creates the topics of the examples, which {@code topics.yaml} does not declare. */
    private void createExampleTopics() throws IOException {
        terminal.step("Creating the topics of the examples …");
        Map<String, Object> kafka = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, options.servers().kafkaBrokers());
        try (Admin admin = Admin.create(kafka)) {
            Topics topics = Topics.read(home.resolve("examples/topics.yaml").toString());
            apply(topics, admin).forEach(terminal::problem);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while creating the topics of the examples", e);
        }
    }

    /** Retries while the broker has no metadata of a created topic yet. */
    private List<String> apply(Topics topics, Admin admin) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return topics.apply(admin);
            } catch (KafkaException e) {
                if (attempt == MAX_ATTEMPTS) {
                    throw e;
                }
                if (stop.await(POLL_INTERVAL)) {
                    return List.of();
                }
            }
        }
    }

    /** Waits for a stop signal; returns false if a server has crashed. */
    private boolean watch(LocalServers servers) throws IOException {
        while (!stop.await(POLL_INTERVAL)) {
            Optional<Pipeline> deadPipeline = pipeline.filter(running -> !running.running());
            if (deadPipeline.isPresent()) {
                restart(deadPipeline.get());
            }
            Optional<LocalServer> deadServer = servers.dead();
            if (deadServer.isPresent()) {
                terminal.problem(deadServer.get().name() + " ended by itself: see the logs in " + logs() + ".");
                return false;
            }
        }
        return true;
    }

    /** Returns false if the pipeline has left unfinished work. */
    private boolean stopPipeline() throws IOException {
        Optional<Pipeline> running = pipeline.filter(Pipeline::running);
        if (running.isEmpty()) {
            // A pipeline that waits for its restart has not finished its work.
            return pipeline.map(ended -> ended.exitCode() == 0).orElse(true);
        }
        terminal.step("Stopping the pipeline: finishing work in flight …");
        Instant begin = Instant.now();
        boolean ended = running.get().stop(PIPELINE_DRAIN);
        running.get().lastLines().forEach(line -> terminal.println("  " + line));
        boolean drained = ended && running.get().exitCode() == 0;
        if (drained) {
            terminal.done("Pipeline", "stopped", Duration.between(begin, Instant.now()));
        } else if (ended) {
            terminal.problem("  It has left unfinished work, see above: the next start repeats it.");
        } else {
            terminal.problem("  It did not stop within " + PIPELINE_DRAIN.toSeconds()
                    + " s and was killed: the next start repeats its unfinished work.");
        }
        return drained;
    }

    private void explain(String how, Pipeline dead) {
        terminal.problem("The pipeline " + how + ", see " + logs().resolve("wadi.log") + ". Its last lines:");
        dead.lastLines().forEach(line -> terminal.println("  " + line));
    }

    /** Handles a stop signal. Acknowledged records are on disk, so none is lost in any case. */
    private void onStopSignal() {
        int time = stop.request();
        if (time == 1) {
            terminal.println(serversStarted ? "" : "Stopping as soon as the servers have started …");
        } else if (time == 2 && serversStarted) {
            terminal.println("Killing the pipeline: the next start repeats its unfinished work.");
            pipeline.ifPresent(Pipeline::kill);
        } else {
            // The child processes end together with this process.
            Runtime.getRuntime().halt(1);
        }
    }

    @Override
    public void ready(LocalServer server, Duration took) {
        terminal.done(server.name(), "ready", took);
    }

    @Override
    public void stopped(LocalServer server, Duration took) {
        terminal.done(server.name(), "stopped", took);
    }

    private Path logs() {
        return options.data().resolve("logs");
    }
}
