package io.wadi.kafka.consumer;

import io.wadi.kafka.RouteWork;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One poll after the other: settles what the last poll delivered, pauses and resumes, fetches, and dispatches what was
 * fetched. Used on the consumer's thread only.
 */
final class PollLoop {
    private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);

    /** How long a poll may take while a sink waits for another thread. */
    private static final Duration SOON = Duration.ofMillis(10);

    private final String route;
    private final RouteWork work;
    private final ConsumerContext parts;
    private final LongSupplier nanoTime;

    /** Takes the route, which may be asked to pause, and the clock in nanoseconds. */
    PollLoop(String route, RouteWork work, ConsumerContext parts, LongSupplier nanoTime) {
        this.route = route;
        this.work = work;
        this.parts = parts;
        this.nanoTime = nanoTime;
    }

    /** Polls once; returns what is delivered to the route. */
    ConsumerRecords<Object, Object> poll(Duration timeout) {
        settle();
        pauseOrGoOn();
        parts.monitor().look();
        parts.pauses().resumeDue(nanoTime.getAsLong());
        return parts.dispatcher().dispatch(fetch(shortened(timeout)));
    }

    private Duration shortened(Duration timeout) {
        return parts.sends().within(parts.owned().anySinkIsWaiting() && timeout.compareTo(SOON) > 0 ? SOON : timeout);
    }

    private ConsumerRecords<Object, Object> fetch(Duration timeout) {
        try {
            return parts.client().reallyPoll(timeout);
        } catch (InvalidOffsetException e) {
            parts.positions().goOn(e);
            return ConsumerRecords.empty();
        }
    }

    /** Brings the records of the last poll to their end: acknowledged, committed, or to be delivered again. */
    private void settle() {
        parts.inFlight().bringToAnEnd();
        boolean isSettled = parts.sends().settle();
        long begun = 0;
        for (OwnedPartition each : parts.owned().all()) {
            SinkCommitter.tick(each);
            if (each.hasFailed()) {
                rewind(each);
            } else {
                goOn(each);
                begun += each.begun();
            }
        }
        parts.owned().begun(begun);
        if (isSettled) {
            parts.sends().commitOffsets(parts.owned().all());
        }
        parts.monitor().lookAtMeters();
    }

    private void rewind(OwnedPartition partition) {
        Exception cause = partition.failure();
        long offset = partition.rewind(nanoTime.getAsLong());
        if (offset != OwnedPartition.NONE) {
            parts.client().reallySeek(partition.partition(), offset);
        }
        parts.pauses().backOff(partition);
        parts.monitor().failed(partition, offset, cause);
    }

    private void goOn(OwnedPartition partition) {
        long offset = partition.seekTo();
        if (offset != OwnedPartition.NONE) {
            parts.client().reallySeek(partition.partition(), offset);
        }
        if (partition.recover()) {
            parts.monitor().recovered(partition.partition());
        }
        parts.pauses().applyBackpressure(partition);
        parts.monitor().lookAtSink(partition);
    }

    // ---- pausing

    private void pauseOrGoOn() {
        boolean isToPause = !work.mayTake(route);
        if (isToPause && !parts.pauses().isPaused()) {
            pause();
        } else if (!isToPause && parts.pauses().isPaused()) {
            parts.monitor().unpaused();
            parts.pauses().unpause();
        }
        if (parts.pauses().isPaused()) {
            parts.monitor()
                    .paused(parts.owned().all().stream().allMatch(each -> each.sink() == null && !each.hasFailed()));
        }
    }

    /** What fails at this is taken back, and is done again once the route goes on. */
    private void pause() {
        parts.sends().settleNow();
        parts.pauses().pause();
        List<OwnedPartition> all = List.copyOf(parts.owned().all());
        SinkCommitter.finish(all);
        for (OwnedPartition each : all) {
            if (!each.hasFailed() && each.sink() != null) {
                letGoOfSink(each);
            }
        }
        parts.sends().commitOffsets(all);
        LOG.info("{} is paused and keeps {}", route, parts.client().assignment());
    }

    private void letGoOfSink(OwnedPartition partition) {
        boolean wasInTrouble = partition.claimed().trouble() != null;
        parts.client().reallySeek(partition.partition(), partition.letGoOfSink());
        if (wasInTrouble) {
            parts.monitor().recovered(partition.partition());
        }
    }
}
