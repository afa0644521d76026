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
 * Heartbeats of event loops: each call of {@link #stuck()} gives every loop in use a task to run. A loop that has not run the
 * last one is blocked, and one that takes none has ended; its connections get no answers. Thread-safe.
 */
public final class EventLoops {
    /** A loop that is blocked for less is busy. */
    private static final Duration BLOCKED_AFTER = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);

    private final Clock clock;
    private final Map<EventExecutor, Beat> beats = new ConcurrentHashMap<>();
    private volatile List<EventLoopGroup> groups = List.of();

    /** A task that was given to a loop. */
    private static final class Beat {
        private final String thread;
        private final Instant given;
        private volatile boolean hasRun;

        Beat(String thread, Instant given) {
            this.thread = thread;
            this.given = given;
        }
    }

    /** Takes the clock that durations are measured with. */
    public EventLoops(Clock clock) {
        this.clock = clock;
    }

    /** Looks after these loops from now on, and no others. */
    public void watch(List<EventLoopGroup> loops) {
        groups = List.copyOf(loops);
    }

    /** Returns a loop that does not run its tasks, in words with its thread's name; empty where all of them do. */
    public Optional<String> stuck() {
        return groups.stream()
                .filter(group -> !group.isShuttingDown())
                .flatMap(group -> StreamSupport.stream(group.spliterator(), false))
                .map(this::stuck)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> stuck(EventExecutor loop) {
        Beat last = beats.get(loop);
        if (loop.isShuttingDown()) {
            return Optional.of("event loop %s has ended".formatted(last == null ? loop : last.thread));
        }
        if (last != null && !last.hasRun) {
            return clock.instant().isBefore(last.given.plus(BLOCKED_AFTER))
                    ? Optional.empty()
                    : Optional.of("event loop %s has run no task since %s".formatted(last.thread, last.given));
        }
        if (isUsed(loop)) {
            give(loop, last);
        }
        return Optional.empty();
    }

    /** A task would start the thread of a loop that has none yet. */
    private static boolean isUsed(EventExecutor loop) {
        return !(loop instanceof SingleThreadEventLoop single)
                || single.registeredChannels() > 0
                || single.pendingTasks() > 0;
    }

    private void give(EventExecutor loop, Beat last) {
        Beat next = new Beat(last == null ? nameOf(loop) : last.thread, clock.instant());
        beats.put(loop, next);
        try {
            loop.execute(() -> next.hasRun = true);
        } catch (RejectedExecutionException e) {
            LOG.debug("Event loop {} ends at this moment; the next call says so", next.thread, e);
        }
    }

    private static String nameOf(EventExecutor loop) {
        return loop instanceof SingleThreadEventLoop single
                ? single.threadProperties().name()
                : loop.toString();
    }
}
