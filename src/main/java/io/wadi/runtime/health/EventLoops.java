package io.wadi.runtime.health;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Heartbeats of event loops: each call of {@link #stuck()} submits a task to every loop in use. A loop that has not run
 * the previous task is blocked, and a loop that is shutting down has ended; in both cases, its connections get no
 * responses. Thread-safe.
 */
public final class EventLoops {
    /** How long a loop may run no task before it counts as blocked instead of busy. */
    private static final Duration BLOCKED_AFTER = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);

    private final Clock clock = SteadyClock.instance();
    private final Map<EventExecutor, Heartbeat> heartbeats = new ConcurrentHashMap<>();
    private volatile List<EventLoopGroup> groups = List.of();

    private static final class Heartbeat {
        private final String thread;
        private final Instant submitted;
        private volatile boolean hasRun;

        Heartbeat(String thread, Instant submitted) {
            this.thread = thread;
            this.submitted = submitted;
        }
    }

    /** Replaces the monitored loops. */
    public void watch(List<EventLoopGroup> loops) {
        groups = List.copyOf(loops);
    }

    /** Returns a description of a loop that does not run its tasks, with its thread's name; empty if all loops run. */
    public Optional<String> stuck() {
        return groups.stream()
                .filter(group -> !group.isShuttingDown())
                .flatMap(group -> StreamSupport.stream(group.spliterator(), false))
                .map(this::stuck)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> stuck(EventExecutor loop) {
        Heartbeat last = heartbeats.get(loop);
        if (loop.isShuttingDown()) {
            return Optional.of("event loop %s has ended".formatted(last == null ? loop : last.thread));
        }
        if (last != null && !last.hasRun) {
            return clock.instant().isBefore(last.submitted.plus(BLOCKED_AFTER))
                    ? Optional.empty()
                    : Optional.of("event loop %s has run no task since %s".formatted(last.thread, last.submitted));
        }
        if (isUsed(loop)) {
            submit(loop, last);
        }
        return Optional.empty();
    }

    /** Returns whether a loop is in use. Other loops are skipped, since a task would start their threads. */
    private static boolean isUsed(EventExecutor loop) {
        return !(loop instanceof SingleThreadEventLoop single)
                || single.registeredChannels() > 0
                || single.pendingTasks() > 0;
    }

    private void submit(EventExecutor loop, Heartbeat last) {
        Heartbeat next = new Heartbeat(last == null ? nameOf(loop) : last.thread, clock.instant());
        heartbeats.put(loop, next);
        try {
            loop.execute(() -> next.hasRun = true);
        } catch (RejectedExecutionException e) {
            LOG.debug("Event loop {} is ending; the next call reports it", next.thread, e);
        }
    }

    private static String nameOf(EventExecutor loop) {
        return loop instanceof SingleThreadEventLoop single
                ? single.threadProperties().name()
                : loop.toString();
    }
}
