package io.wadi.kafka.consumer;

import io.wadi.kafka.RouteControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The polls of a consumer. Each poll settles the delivery of the last one, pauses and resumes partitions, fetches, and
 * dispatches the fetched records. Used on the consumer's thread only.
 */
record PollLoop(String route, RouteControl control, ConsumerContext context, LongSupplier nanoTime) {
    private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);

    /**
     * The timeout of the second poll after a transaction. A fetch of records that Kafka has takes a few milliseconds.
     */
    private static final Duration NEWER_TIMEOUT = Duration.ofMillis(5);

    /** Polls once, or twice after a transaction. Returns the records or batches to deliver to the route. */
    ConsumerRecords<Object, Object> poll(Duration timeout) {
        boolean isAfterTransaction = settle();
        applyTarget();
        context.monitor().update();
        context.pauses().resumeDue(nanoTime.getAsLong());
        return context.dispatcher().dispatch(fetch(shortened(timeout), isAfterTransaction));
    }

    private Duration shortened(Duration timeout) {
        Duration max = context.owned().maxPollTime();
        return context.sends().timeToCommit(timeout.compareTo(max) > 0 ? max : timeout);
    }

    private ConsumerRecords<Object, Object> fetch(Duration timeout, boolean isAfterTransaction) {
        try {
            if (context.positions().resetRecreated()) {
                return ConsumerRecords.empty();
            }
            context.positions().skipGaps();
            ConsumerRecords<Object, Object> polled = context.client().reallyPoll(timeout);
            return isAfterTransaction && !polled.isEmpty() ? withNewer(polled) : polled;
        } catch (InvalidOffsetException e) {
            context.positions().handle(e);
            return ConsumerRecords.empty();
        }
    }

    /**
     * Polls again and returns the records of both polls. Kafka's consumer sends the next fetch when a poll returns
     * records. The first poll after a transaction therefore returns records from before it, and without a second one
     * those from the transaction would wait for the end of another transaction.
     */
    private ConsumerRecords<Object, Object> withNewer(ConsumerRecords<Object, Object> polled) {
        Map<OwnedPartition, List<ConsumerRecord<Object, Object>>> earlier = new LinkedHashMap<>();
        polled.partitions().forEach(each -> earlier.put(context.owned().of(each), polled.records(each)));
        ConsumerRecords<Object, Object> newer;
        try {
            newer = context.client().reallyPoll(NEWER_TIMEOUT);
        } catch (RuntimeException e) {
            if (!(e instanceof InvalidOffsetException) || e instanceof LogTruncationException) {
                fetchAgain(earlier);
                throw e;
            }
            // The earlier records may not be in Kafka any more. Polls throw again until the position is reset.
            newer = ConsumerRecords.empty();
        }
        Map<TopicPartition, List<ConsumerRecord<Object, Object>>> all = new LinkedHashMap<>();
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>(polled.nextOffsets());
        next.putAll(newer.nextOffsets());
        earlier.forEach((partition, records) -> {
            if (!isReleased(partition)) {
                all.put(partition.partition(), new ArrayList<>(records));
            }
        });
        for (TopicPartition each : newer.partitions()) {
            all.computeIfAbsent(each, partition -> new ArrayList<>()).addAll(newer.records(each));
        }
        return new ConsumerRecords<>(all, next);
    }

    private void fetchAgain(Map<OwnedPartition, List<ConsumerRecord<Object, Object>>> polled) {
        polled.forEach((partition, records) -> {
            if (!isReleased(partition)) {
                context.client()
                        .reallySeek(partition.partition(), records.get(0).offset());
            }
        });
    }

    /** Returns whether a partition was revoked or lost since then, even if it was assigned again. */
    private boolean isReleased(OwnedPartition partition) {
        return context.owned().find(partition.partition()) != partition;
    }

    /**
     * Ends the delivery of the last poll: awaits its acknowledgements and commits, or rewinds failed partitions.
     * Returns whether a transaction of sinks was committed.
     */
    private boolean settle() {
        context.inFlight().awaitCompletion();
        context.owned().all().forEach(SinkCommitter::beforeTransaction);
        boolean isAfterTransaction = context.sinks().commitJoined();
        boolean isSettled = context.sends().settle();
        long uncompleted = 0;
        for (OwnedPartition each : context.owned().all()) {
            SinkCommitter.tick(each);
            if (each.hasFailed()) {
                rewind(each);
            } else {
                advance(each);
                uncompleted += each.uncompleted();
            }
        }
        context.owned().reportInFlight(uncompleted);
        if (isSettled) {
            context.sends().commitOffsets(context.owned().all());
        }
        context.monitor().updateMeters();
        return isAfterTransaction;
    }

    private void rewind(OwnedPartition partition) {
        Exception cause = partition.failure();
        long offset = partition.rewind(nanoTime.getAsLong());
        if (offset != OwnedPartition.NONE) {
            context.client().reallySeek(partition.partition(), offset);
        }
        context.pauses().backOff(partition);
        context.monitor().failed(partition, offset, cause);
    }

    private void advance(OwnedPartition partition) {
        long offset = partition.seekTo();
        if (offset != OwnedPartition.NONE) {
            context.client().reallySeek(partition.partition(), offset);
        }
        if (partition.recover(() -> isAtEnd(partition.partition()))) {
            context.monitor().recovered(partition.partition());
        }
        context.pauses().applyBackpressure(partition);
        context.monitor().updateSink(partition);
    }

    private boolean isAtEnd(TopicPartition partition) {
        OptionalLong unread = context.client().currentLag(partition);
        return unread.isPresent() && unread.getAsLong() <= 0;
    }

    // ---- pausing

    private void applyTarget() {
        boolean isToPause = !control.mayTake(route);
        if (isToPause && !context.pauses().isPaused()) {
            pause();
        } else if (!isToPause && context.pauses().isPaused()) {
            context.monitor().unpaused();
            context.pauses().unpause();
        }
        if (context.pauses().isPaused()) {
            context.monitor()
                    .paused(context.owned().all().stream().allMatch(each -> each.sink() == null && !each.hasFailed()));
        }
    }

    /** Pauses the consumer. Records that do not complete are delivered again when the route resumes. */
    private void pause() {
        context.sends().settleNow();
        context.pauses().pause();
        List<OwnedPartition> all = List.copyOf(context.owned().all());
        SinkCommitter.finish(all);
        for (OwnedPartition each : all) {
            if (!each.hasFailed() && each.sink() != null) {
                detachSink(each);
            }
        }
        context.sends().commitOffsets(all);
        LOG.info(
                "Route {}: paused; the consumer keeps its partitions {}",
                route,
                context.client().assignment());
    }

    private void detachSink(OwnedPartition partition) {
        boolean hadFailed = partition.claimed().failure() != null;
        context.client().reallySeek(partition.partition(), partition.detachSink());
        if (hadFailed) {
            context.monitor().recovered(partition.partition());
        }
    }
}
