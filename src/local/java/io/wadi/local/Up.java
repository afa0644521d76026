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
import org.slf4j.LoggerFactory;

/**
 * {@code ./wadi up}: the servers in this JVM and beside it, the pipeline as its child, until Ctrl-C or SIGTERM. A pipeline
 * that was ready and ends by itself is started again. Exits with 0 after an orderly stop, with 1 where something was wrong at
 * the start or a server died later.
 */
public final class Up implements LocalServers.Progress {
    private static final int FAILED = 1;
    /** Something that had been begun is left to the next start, as with the pipeline itself. */
    private static final int LEFT = 2;

    private static final Duration PIPELINE_DRAIN = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final Terminal terminal;
    private final Path home;
    private final UpOptions options;
    private final StopRequest stop = new StopRequest();
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
     * Runs until it is told to stop. The launcher sets {@code wadi.home}, the project's directory, and
     * {@code wadi.colours} where it found a terminal.
     */
    public static void main(String[] args) {
        Terminal terminal = new Terminal(Boolean.getBoolean("wadi.colours"));
        Path home = Path.of(System.getProperty("wadi.home", "")).toAbsolutePath();
        int code = FAILED;
        try {
            UpOptions options = UpOptions.parse(List.of(args), home.resolve(".wadi"));
            try (DataLock lock = DataLock.take(options.data())) {
                lock.signWithPid();
                code = new Up(terminal, home, options).run();
            }
        } catch (IllegalArgumentException | IOException e) {
            terminal.problem(e.getMessage());
        }
        // Threads of the servers' clients may be left.
        System.exit(code);
    }

    private int run() throws IOException {
        List<String> problems = Preflight.problems(options, Machine.here(options.data()));
        if (!problems.isEmpty()) {
            problems.forEach(terminal::problem);
            return FAILED;
        }
        startLogging();
        Signals.onStop(this::stopAsked);
        try (LocalServers servers = new LocalServers(
                options.data(), LocalElasticsearch.unpackedIn(home.resolve("target")), options.servers(), this)) {
            boolean well = start(servers) && watch(servers);
            boolean drained = stopPipeline();
            terminal.step("Stopping the servers …");
            servers.stop();
            terminal.say(well ? "Stopped. The data is kept in " + options.data() + "." : "Stopped after a failure.");
            return well ? drained ? 0 : LEFT : FAILED;
        }
    }

    /** Before any server does, and on one thread: slf4j complains where several threads start it. */
    private void startLogging() throws IOException {
        Files.createDirectories(logs());
        System.setProperty("logback.configurationFile", "logback-up.xml");
        System.setProperty("wadi.logs", logs().toString());
        LoggerFactory.getLogger(Up.class).info("Logging to {}", logs());
    }

    /** Starts everything; false where the pipeline did not come up. */
    private boolean start(LocalServers servers) throws IOException {
        terminal.step("Starting Kafka, HDFS and Elasticsearch …");
        servers.start();
        serversStarted = true;
        if (stop.asked()) {
            return true;
        }
        if (options.examples()) {
            makeTopicsOfExamples();
        }
        terminal.step("Starting the pipeline …");
        Pipeline started = startPipeline();
        Instant begin = pipelineStarted;
        while (!started.ready()) {
            if (stop.await(LOOK_AGAIN.dividedBy(5))) {
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
        UpScreen.lines(options, logs()).forEach(terminal::say);
        return true;
    }

    private Pipeline startPipeline() throws IOException {
        pipelineStarted = Instant.now();
        Pipeline started = Pipeline.start(home, options, logs().resolve("wadi.log"), terminal, restarts);
        pipeline = Optional.of(started);
        return started;
    }

    /** Starts a pipeline again that has ended by itself, after a delay that grows; does nothing where a stop is asked for. */
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

    /** The topics that {@code topics.yaml}, which is production's, does not declare. */
    private void makeTopicsOfExamples() throws IOException {
        terminal.step("Making the topics of the examples …");
        Map<String, Object> kafka = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, options.servers().kafkaBrokers());
        try (Admin admin = Admin.create(kafka)) {
            Topics.read(home.resolve("examples/topics.yaml").toString())
                    .apply(admin)
                    .forEach(terminal::problem);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while the topics of the examples were made", e);
        }
    }

    /** Returns once it is time to stop; false where that is because a server died. */
    private boolean watch(LocalServers servers) throws IOException {
        while (!stop.await(LOOK_AGAIN)) {
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

    /** False where something is left to the next start. */
    private boolean stopPipeline() throws IOException {
        Optional<Pipeline> running = pipeline.filter(Pipeline::running);
        if (running.isEmpty()) {
            return true;
        }
        terminal.step("Stopping the pipeline: it finishes what it has begun …");
        Instant begin = Instant.now();
        boolean ended = running.get().stop(PIPELINE_DRAIN);
        running.get().lastLines().forEach(line -> terminal.say("  " + line));
        boolean drained = ended && running.get().exitCode() == 0;
        if (drained) {
            terminal.done("Pipeline", "stopped", Duration.between(begin, Instant.now()));
        } else if (ended) {
            terminal.problem("  It has left something, as it says above: the next start does it.");
        } else {
            terminal.problem("  It had not finished after " + PIPELINE_DRAIN.toSeconds()
                    + " s and was killed: the next start does the rest.");
        }
        return drained;
    }

    private void explain(String how, Pipeline dead) {
        terminal.problem("The pipeline " + how + ", see " + logs().resolve("wadi.log") + ". Its last lines:");
        dead.lastLines().forEach(line -> terminal.say("  " + line));
    }

    /** Called by a signal. Nothing is lost whichever way we end: what was acknowledged is on disk before. */
    private void stopAsked() {
        int time = stop.ask();
        if (time == 1) {
            terminal.say(serversStarted ? "" : "Stopping as soon as the servers have started …");
        } else if (time == 2 && serversStarted) {
            terminal.say("Not waiting for the pipeline any more: the next start does what it had not finished.");
            pipeline.ifPresent(Pipeline::kill);
        } else {
            // The children see our end and follow.
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
