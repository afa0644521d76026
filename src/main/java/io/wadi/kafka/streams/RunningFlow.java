package io.wadi.kafka.streams;

import io.wadi.kafka.Backoff;
import io.wadi.kafka.Causes;
import io.wadi.runtime.config.Units;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A topology from start to stop. Its start waits for Kafka and the flow's precondition. A failed thread is replaced
 * after a backoff, without limit; its transaction is aborted and repeated.
 */
final class RunningFlow implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningFlow.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** The number of equal failures before a warning; fewer are normal while topics are created at start. */
    private static final int ATTEMPTS_BEFORE_WARNING = 5;
    /** The time without a failure after which the backoff starts again. */
    private static final Duration BACKOFF_RESET = Duration.ofMinutes(1);

    private static final Duration MAX_REBALANCING = Duration.ofMinutes(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);
    private static final String RESTORATION = "opening its local state and restoring its global tables";

    private final String name;
    private final StreamsFlow flow;
    private final Supplier<Properties> adminSettings;
    private final Supplier<Properties> settings;
    private final Consumer<String> states;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger consecutiveFailures = new AtomicInteger();
    private final AtomicLong lastFailure = new AtomicLong(System.nanoTime());
    private final Thread starter;
    private volatile TopologyClients clients;
    private volatile KafkaStreams streams;
    private volatile TableState tables;
    private AutoCloseable companion;
    private volatile String waitingFor = "no response from Kafka yet";
    private volatile String failure;
    private volatile boolean paused;
    private volatile State state = State.CREATED;
    private volatile long changedNanos = System.nanoTime();

    /**
     * Creates a flow, which runs once it is started.
     *
     * @param adminSettings the settings of an admin client
     * @param settings the settings of Kafka Streams
     * @param states receives each new state, on any thread
     */
    RunningFlow(
            String name,
            StreamsFlow flow,
            Supplier<Properties> adminSettings,
            Supplier<Properties> settings,
            Consumer<String> states) {
        this.name = name;
        this.flow = flow;
        this.adminSettings = adminSettings;
        this.settings = settings;
        this.states = states;
        this.starter = new Thread(this::begin, "wadi-streams-" + name);
        starter.setDaemon(true);
    }

    void start() {
        starter.start();
    }

    private void begin() {
        try {
            int attempts = 0;
            String before = null;
            for (String obstacle = attempt(); obstacle != null; obstacle = attempt()) {
                attempts = obstacle.equals(before) ? attempts + 1 : 1;
                before = obstacle;
                waitingFor = obstacle;
                if (attempts == ATTEMPTS_BEFORE_WARNING) {
                    LOG.warn("Topology {} cannot start yet, retrying: {}", name, obstacle);
                }
                if (closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tries to start. Returns the obstacle; null if the topology runs. */
    private String attempt() throws InterruptedException {
        try (Admin admin = Admin.create(adminSettings.get())) {
            Optional<String> obstacle = flow.precondition().obstacle(admin);
            if (obstacle.isEmpty()) {
                run();
                waitingFor = null;
            }
            return obstacle.orElse(null);
        } catch (ApiException e) {
            return Causes.inShort(e);
        } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) { // such as of a bean
            return Causes.inShort(e.getCause() == null ? e : e.getCause());
        }
    }

    /**
     * Starts the topology. Returns once global tables are restored, which may take hours, so it does not hold the
     * monitor.
     */
    private void run() {
        if (closed.getCount() == 0) {
            return;
        }
        Topology topology = flow.topology().get();
        clients = new TopologyClients();
        boolean isStarted = false;
        try {
            KafkaStreams created = new KafkaStreams(topology, settings.get(), clients);
            created.setStateListener((now, before) -> changed(created, now));
            created.setUncaughtExceptionHandler(this::failed);
            publish(created, new TableState(created, topology));
            companion = flow.companion().get();
            // Checked after the instance is published, and again after the start: close() leaves an unfinished start to
            // this thread.
            if (closed.getCount() > 0) {
                waitingFor = RESTORATION;
                created.start();
                isStarted = closed.getCount() > 0;
            }
        } finally {
            if (!isStarted) {
                discard();
            }
        }
    }

    private synchronized void publish(KafkaStreams created, TableState state) {
        streams = created;
        tables = state;
        if (paused) {
            created.pause();
        }
    }

    /**
     * Closes what a failed or canceled start has created, because the next start needs the lock of the state directory.
     */
    private void discard() {
        KafkaStreams former = streams;
        streams = null;
        tables = null;
        stop(former);
    }

    private void stop(KafkaStreams stopped) {
        Utils.closeQuietly(companion, "the companion of topology " + name);
        companion = null;
        if (stopped != null && !stopped.close(CLOSE_TIMEOUT)) {
            LOG.warn(
                    "Topology {} did not stop within {}; the records of its last transaction are processed again",
                    name,
                    Units.text(CLOSE_TIMEOUT));
        } else {
            Utils.closeQuietly(clients, "the clients of topology " + name);
        }
    }

    /** Pauses or resumes processing; the instance stays in its group. */
    synchronized void setPaused(boolean newPaused) {
        paused = newPaused;
        // A start that fails sets the field to null at any time.
        KafkaStreams current = streams;
        if (current != null && newPaused) {
            current.pause();
        } else if (current != null) {
            current.resume();
        }
    }

    boolean isPaused() {
        return paused;
    }

    private void changed(KafkaStreams instance, State now) {
        if (instance != streams) {
            return;
        }
        changedNanos = System.nanoTime();
        state = now;
        if (now == State.RUNNING) {
            failure = null;
        }
        states.accept(now.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }

    /** Handles the failure of a thread. Called on that thread, which waits for the backoff before it is replaced. */
    private StreamThreadExceptionResponse failed(Throwable e) {
        Throwable cause = Causes.innermost(e);
        failure = Causes.inShort(cause);
        long now = System.nanoTime();
        if (now - lastFailure.getAndSet(now) > BACKOFF_RESET.toNanos()) {
            consecutiveFailures.set(0);
        }
        LOG.error("Topology {}: a stream thread failed and will be replaced", name, e);
        try {
            long pause = Backoff.after(consecutiveFailures.incrementAndGet()).toMillis();
            if (!closed.await(pause, TimeUnit.MILLISECONDS) && !(cause instanceof RetriableException)) {
                readLimits();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** Reads the limits of topics again: a change may be the reason why Kafka rejected a record. */
    private void readLimits() throws InterruptedException {
        try (Admin admin = Admin.create(adminSettings.get())) {
            flow.precondition().readLimits(admin);
        } catch (RuntimeException e) {
            LOG.warn("Topology {}: reading the limits of its topics failed: {}", name, Causes.inShort(e));
        }
    }

    /** Returns a description of the current fault; null if there is none. */
    String fault() {
        if (waitingFor != null) {
            return "not started: " + waitingFor;
        }
        if (failure != null) {
            return "a stream thread failed and is being replaced: " + failure;
        }
        if (state == State.REBALANCING && System.nanoTime() - changedNanos > MAX_REBALANCING.toNanos()) {
            return "rebalancing for more than " + MAX_REBALANCING.toSeconds() + " s, without processing records";
        }
        return state == State.ERROR || state == State.NOT_RUNNING ? "the topology has stopped" : null;
    }

    /** Returns the partitions that this instance processes; none before the start and while paused. */
    Set<TopicPartition> partitions() {
        KafkaStreams running = streams;
        return running == null || paused || !state.isRunningOrRebalancing()
                ? Set.of()
                : running.metadataForLocalThreads().stream()
                        .flatMap(thread -> thread.activeTasks().stream())
                        .flatMap(task -> task.topicPartitions().stream())
                        .collect(Collectors.toSet());
    }

    /** Returns the topology's state; empty before the start. */
    Optional<TableState> tables() {
        return Optional.ofNullable(tables);
    }

    /** Returns whether the topology stopped on its own and will not restart. */
    boolean hasEnded() {
        return closed.getCount() > 0 && waitingFor == null && (state == State.ERROR || state == State.NOT_RUNNING);
    }

    /**
     * Commits the current transaction and stops; after a timeout, the transaction is left to be aborted and repeated.
     */
    @Override
    public void close() throws Exception {
        closed.countDown();
        TopologyClients starting = clients;
        if (waitingFor != null && starting != null) {
            starting.cancelRestoration();
        }
        KafkaStreams current = streams;
        starter.join((current == null ? PAUSE : CLOSE_TIMEOUT).toMillis());
        if (!starter.isAlive()) {
            stop(streams);
        } else if (current != null) {
            LOG.warn("Topology {} is still {}; it stops afterwards", name, RESTORATION);
        }
    }
}
