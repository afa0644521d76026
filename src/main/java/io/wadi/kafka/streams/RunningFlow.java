package io.wadi.kafka.streams;

import io.wadi.kafka.Backoff;
import io.wadi.kafka.Causes;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A topology from its start, which waits for Kafka and for what the flow needs there, to its end. A thread that fails is
 * replaced after a back-off, for as long as it takes; what its transaction had begun is taken back and done again.
 */
final class RunningFlow implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningFlow.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** What is in the way for so many looks is no matter of the start alone, at which topics are made. */
    private static final int WORTH_A_WORD = 5;
    /** Failures that are further apart are not in a row. */
    private static final Duration CALM = Duration.ofMinutes(1);

    private static final Duration LONG_REBALANCING = Duration.ofMinutes(1);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(20);

    private final String name;
    private final StreamsFlow flow;
    private final Supplier<Properties> adminSettings;
    private final Supplier<Properties> settings;
    private final Consumer<String> states;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger failuresInARow = new AtomicInteger();
    private final AtomicLong lastFailure = new AtomicLong(System.nanoTime());
    private final Thread starter;
    private volatile KafkaStreams streams;
    private volatile TableState tables;
    private AutoCloseable companion;
    private volatile String waitingFor = "Kafka has not been asked yet";
    private volatile String failure;
    private volatile boolean paused;
    private volatile State state = State.CREATED;
    private volatile long changedNanos = System.nanoTime();

    /**
     * Prepares it.
     *
     * @param adminSettings those of an admin client
     * @param settings those of Kafka Streams
     * @param states is told each state, in words; on any thread
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

    /** Begins; returns at once. */
    void start() {
        starter.start();
    }

    private void begin() {
        try {
            int times = 0;
            for (String obstacle = attempt(); obstacle != null; obstacle = attempt()) {
                times = obstacle.equals(waitingFor) ? times + 1 : 1;
                waitingFor = obstacle;
                if (times == WORTH_A_WORD) {
                    LOG.warn("streams:{} waits: {}", name, obstacle);
                }
                if (closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is in the way; null where it runs now. */
    private String attempt() throws InterruptedException {
        try (Admin admin = Admin.create(adminSettings.get())) {
            Optional<String> obstacle = flow.obstacle().look(admin);
            if (obstacle.isEmpty()) {
                run();
                waitingFor = null;
            }
            return obstacle.orElse(null);
        } catch (ExecutionException e) {
            return Causes.inShort(e.getCause());
        } catch (RuntimeException e) {
            return Causes.inShort(e.getCause() == null ? e : e.getCause());
        }
    }

    private synchronized void run() {
        if (closed.getCount() == 0) {
            return;
        }
        Topology topology = flow.topology().get();
        streams = new KafkaStreams(topology, settings.get());
        tables = new TableState(streams, topology);
        streams.setStateListener((now, before) -> changed(now));
        streams.setUncaughtExceptionHandler(this::failed);
        companion = flow.companion().get();
        if (paused) {
            streams.pause();
        }
        streams.start();
    }

    /** Has it take no more records, or go on; it stays in its group. */
    synchronized void pause(boolean isToPause) {
        paused = isToPause;
        if (streams != null && isToPause) {
            streams.pause();
        } else if (streams != null) {
            streams.resume();
        }
    }

    /** Whether it takes no more records. */
    boolean isPaused() {
        return paused;
    }

    private void changed(State now) {
        changedNanos = System.nanoTime();
        state = now;
        if (now == State.RUNNING) {
            failure = null;
        }
        states.accept(now.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }

    /** On the thread that failed, which waits before it is replaced: what fails at once would fail without end. */
    private StreamThreadExceptionResponse failed(Throwable e) {
        failure = Causes.inShort(Causes.innermost(e));
        long now = System.nanoTime();
        if (now - lastFailure.getAndSet(now) > CALM.toNanos()) {
            failuresInARow.set(0);
        }
        LOG.error("streams:{}: its thread failed and is replaced", name, e);
        try {
            long pause = Backoff.after(failuresInARow.incrementAndGet()).toMillis();
            closed.await(pause, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** What is wrong, in words; null where all is well. */
    String trouble() {
        if (waitingFor != null) {
            return "not started: " + waitingFor;
        }
        if (failure != null) {
            return "its thread failed and is replaced: " + failure;
        }
        if (state == State.REBALANCING && System.nanoTime() - changedNanos > LONG_REBALANCING.toNanos()) {
            return "it is rebalancing for more than " + LONG_REBALANCING.toSeconds() + " s and does nothing meanwhile";
        }
        return state == State.ERROR || state == State.NOT_RUNNING ? "it has ended" : null;
    }

    /** The partitions that are read here; none while it has not begun to run, or is paused. */
    Set<TopicPartition> partitions() {
        KafkaStreams running = streams;
        return running == null || paused || !state.isRunningOrRebalancing()
                ? Set.of()
                : running.metadataForLocalThreads().stream()
                        .flatMap(thread -> thread.activeTasks().stream())
                        .flatMap(task -> task.topicPartitions().stream())
                        .collect(Collectors.toSet());
    }

    /** What it keeps; nothing before it has begun to run. */
    Optional<TableState> tables() {
        return Optional.ofNullable(tables);
    }

    /** Whether it has ended by itself, for good. */
    boolean hasEnded() {
        return closed.getCount() > 0 && (state == State.ERROR || state == State.NOT_RUNNING);
    }

    /** Finishes what is begun and commits it, or leaves it to be done again where that takes too long. */
    @Override
    public void close() throws Exception {
        closed.countDown();
        starter.join(PAUSE.toMillis());
        synchronized (this) {
            if (companion != null) {
                companion.close();
            }
            if (streams != null && !streams.close(CLOSE_WITHIN)) {
                LOG.warn("streams:{} did not end within {}; what it had begun is done again", name, CLOSE_WITHIN);
            }
        }
    }
}
