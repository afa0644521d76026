package io.wadi.kafka.consumer;

import io.wadi.kafka.Causes;
import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordDelivery;
import io.wadi.kafka.RouteWork;
import io.wadi.kafka.Run;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.kafka.producer.Acknowledgements;
import io.wadi.kafka.producer.PollTransaction;
import io.wadi.kafka.producer.Transaction;
import io.wadi.runtime.health.FatalErrors;
import io.wadi.runtime.telemetry.PartitionRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer of every flow, in place of Kafka's own under camel-kafka. It guarantees that a record's offset is committed
 * only after the record is done, whatever the error settings of the route: a record is done when its exchange has ended
 * without an exception and everything the exchange sent to Kafka is acknowledged, or, where a {@link PartitionSink} has
 * claimed the partition, when the sink commits it. A record that is not done is handed over again, after a growing pause of
 * its partition alone. Offsets that Kafka has no more are told and counted before reading goes on behind them.
 *
 * <p>What a route sends to Kafka on this consumer's thread is acknowledged together, ten times a second, so that a route keeps
 * the speed of its producer; what a {@link PartitionSink} sends is waited for at once, because the sink may publish what it
 * holds at any time. After a send that was not acknowledged, the records since then are handed over again with
 * each of their sends waited for: so a record that cannot be sent is found out, and fails by itself.
 *
 * <p>Where a route is to be exactly once, what it sends to Kafka on this consumer's thread is one transaction with the offsets
 * of the records it comes from. What fails in it takes all of it back; the records are handed over again, the one that has
 * failed in a transaction of its own. A record one of whose sends was refused leaves nothing but what its route has sent after
 * that, such as a dead letter. A {@link Run} without a sink is done or fails as one record does; its records are handed over one
 * by one where it has to be known which of them fails ({@link Run#isolateRecords}).
 *
 * <p>Where the route is asked to pause ({@link RouteWork}), what was handed over is finished, sinks finish what they have open, and
 * all of it is committed; then nothing more is fetched, and the consumer stays in its group, until the route is asked to go on.
 *
 * <p>As Kafka's consumer, for one thread.
 */
public final class FlowConsumer extends GuardedConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(FlowConsumer.class);
    private static final long LONGEST_POLL_MS = 300_000;
    /** How long records may be handed over after a poll where a transaction waits for them, which has 10 s. */
    private static final Duration LONGEST_TRANSACTION = Duration.ofSeconds(5);

    /** How long a poll may take while a sink waits for another thread. */
    private static final Duration SOON = Duration.ofMillis(10);

    private static final OptionalLong NOTHING_TO_READ = OptionalLong.of(0);

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    /** How often health is told how partitions advance. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final Plan plan;
    private final OwnedPartitions owned;
    private final RouteSends sends;
    private final Packing packing;
    private final InHand inHand;
    private final Delivery delivery = new Delivery();
    private final ReadingPositions positions;
    private final SinkWatch sinks;
    private final PartitionMeters meters;
    /** For what sinks send together with an offset. */
    private final Transaction ofSinks;

    private final Runnable workEnded;

    /** Whether Camel has suspended the route. */
    private boolean suspended;
    /** Whether the route is asked to take nothing new. */
    private boolean paused;
    /** Whether it is, and nothing that was begun is left. */
    private volatile boolean still;
    /** Where partitions end, as far as it was asked for while nothing is fetched. */
    private Map<TopicPartition, Long> ends = Map.of();
    /** Those whose troubles are this consumer's. */
    private volatile Set<TopicPartition> reading = Set.of();

    private long lookedNanos = System.nanoTime();

    /** The listener that is told of partitions assigned by hand, or null where the group assigns them. */
    private ConsumerRebalanceListener byHand;

    /**
     * How a consumer works.
     *
     * @param route the route that it works for
     * @param handover how records are handed over
     * @param reset where it reads where nothing is committed, or what is committed is in Kafka no more
     * @param partitions those it is assigned by hand, or empty where the group assigns them
     * @param acknowledgeWithin how long sends are waited for
     * @param states who is told how the partitions are doing
     * @param meters who counts what becomes of them
     * @param work says what the route is asked
     * @param transactionalProducer makes one of its own for what is sent together with offsets
     * @param exactlyOnce whether what a route sends is one transaction with the offsets of the records it comes from
     */
    public record Plan(
            String route,
            Handover handover,
            OffsetReset reset,
            Set<Integer> partitions,
            Duration acknowledgeWithin,
            PartitionStates.OfGroup states,
            PartitionMeters meters,
            RouteWork work,
            Supplier<Producer<Object, Object>> transactionalProducer,
            boolean exactlyOnce) {}

    /** Takes Kafka's settings, and how it works. */
    public FlowConsumer(Properties properties, Plan plan) {
        super(properties);
        this.plan = plan;
        // Half of max.poll.interval.ms, after which a consumer counts as dead.
        this.inHand = new InHand(longest(properties, plan), this::ended);
        this.meters = plan.meters();
        this.owned = new OwnedPartitions(plan.states(), meters);
        this.positions = new ReadingPositions(this, plan.handover(), plan.reset(), plan.states(), owned::progress);
        this.sinks = new SinkWatch(this, plan.states(), meters);
        this.ofSinks = new Transaction(plan.transactionalProducer());
        this.sends = new RouteSends(
                owned,
                plan.acknowledgeWithin(),
                plan.exactlyOnce() ? new PollTransaction(plan.transactionalProducer()) : null);
        this.packing = new Packing(plan.handover(), Claiming::new);
        this.workEnded = plan.work().begun(plan.route(), new Work());
    }

    private static Duration longest(Properties properties, Plan plan) {
        Duration longest = Duration.ofMillis(longestPollMs(properties) / 2);
        return plan.exactlyOnce() && longest.compareTo(LONGEST_TRANSACTION) > 0 ? LONGEST_TRANSACTION : longest;
    }

    private static long longestPollMs(Properties properties) {
        Object given = properties.get(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG);
        return given == null ? LONGEST_POLL_MS : Long.parseLong(given.toString());
    }

    /** What this consumer is handing over, for its route and for the producers that the route sends with. */
    private final class Delivery extends RecordDelivery {
        void begun() {
            bind();
        }

        void closed() {
            unbind();
        }

        @Override
        public ConsumerRecord<Object, Object> begin() {
            return inHand.begin();
        }

        @Override
        public void ended(ConsumerRecord<Object, Object> record, Exception error) {
            inHand.ended(record, error);
        }

        @Override
        public Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback, DirectSend direct) {
            ConsumerRecord<Object, Object> origin = inHand.current();
            if (origin == null) {
                return direct.send(sent, callback);
            }
            if (sends.isTransactional()) {
                return sends.sendInTransaction(origin, sent, callback, (progress, refusal) -> {
                    failed(progress, origin, refusal);
                    inHand.endPoll();
                });
            }
            Acknowledgements counting = sends.counting(origin);
            return counting == null ? direct.send(sent, callback) : counting.send(sent, callback, direct);
        }
    }

    private void ended(ConsumerRecord<Object, Object> record, Exception error) {
        PartitionProgress progress = owned.of(record);
        if (error == null) {
            progress.done(record.offset());
        } else {
            failed(progress, record, error);
        }
    }

    private static void failed(PartitionProgress progress, ConsumerRecord<Object, Object> record, Exception error) {
        if (Run.isOfMany(record)) {
            progress.failed(error);
        } else {
            progress.failed(record.offset(), error);
        }
    }

    @Override
    public ConsumerRecords<Object, Object> poll(Duration timeout) {
        delivery.begun();
        try {
            settle();
            doAsAsked();
            lookHowAllAdvances();
            resumeDue();
            return handOver(fetch(shortened(timeout)));
        } catch (Error e) {
            // Ends this thread's work: Camel catches exceptions only, and its executor swallows the rest.
            plan.work().threads().ended(plan.route(), e);
            FatalErrors.endOnUncaught(Thread.currentThread(), e);
            LOG.error(
                    "Route {}: its consumer thread {} ends",
                    plan.route(),
                    Thread.currentThread().getName(),
                    e);
            throw e;
        }
    }

    /** Not at each poll, of which there are thousands a second. */
    private void lookHowAllAdvances() {
        long now = System.nanoTime();
        if (now - lookedNanos < LOOK_EVERY.toNanos()) {
            return;
        }
        lookedNanos = now;
        plan.work().threads().seen(plan.route());
        Set<TopicPartition> assigned = assignment();
        reading = Set.copyOf(assigned);
        if (paused) {
            askForEnds(assigned);
        }
        for (PartitionProgress progress : owned.all()) {
            TopicPartition partition = progress.partition();
            plan.states()
                    .advanced(partition, paused ? NOTHING_TO_READ : unread(partition, assigned), progress::advance);
        }
    }

    /** Only fetches bring along where partitions end. */
    private void askForEnds(Set<TopicPartition> assigned) {
        try {
            ends = endOffsets(assigned, LOOK_EVERY);
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.debug("{}: where its partitions end is not known now: {}", plan.route(), Causes.inShort(e));
        }
    }

    private OptionalLong unread(TopicPartition partition, Set<TopicPartition> assigned) {
        if (!assigned.contains(partition)) {
            return OptionalLong.empty();
        }
        Long end = paused ? ends.get(partition) : null;
        long next = owned.progress(partition).handedOut();
        return end == null || next == PartitionProgress.NONE
                ? currentLag(partition)
                : OptionalLong.of(Math.max(0, end - next));
    }

    private Duration shortened(Duration timeout) {
        return sends.within(owned.anySinkIsWaiting() && timeout.compareTo(SOON) > 0 ? SOON : timeout);
    }

    private ConsumerRecords<Object, Object> fetch(Duration timeout) {
        try {
            return super.poll(timeout);
        } catch (InvalidOffsetException e) {
            positions.goOn(e);
            return ConsumerRecords.empty();
        }
    }

    // ---- handing over

    private ConsumerRecords<Object, Object> handOver(ConsumerRecords<Object, Object> polled) {
        if (polled.isEmpty()) {
            return polled;
        }
        inHand.polled();
        Map<TopicPartition, List<ConsumerRecord<Object, Object>>> deliveries = new LinkedHashMap<>();
        for (TopicPartition partition : polled.partitions()) {
            List<ConsumerRecord<Object, Object>> records = polled.records(partition);
            PartitionProgress progress = owned.progress(partition);
            if (sends.isTransactional()) {
                int before = progress.before(records);
                if (before == 0) {
                    return handOverAlone(polled, progress, records.subList(0, progress.careful(records)));
                }
                if (before < records.size()) {
                    reallySeek(partition, records.get(before).offset());
                    records = records.subList(0, before);
                }
            }
            ConsumerRecord<Object, Object> last = records.get(records.size() - 1);
            long from = progress.fetched(records.get(0).offset(), last.offset(), position(partition));
            meters.read(partition, records);
            deliveries.put(partition, inHand.handOver(progress, packing.pack(progress, from, records), () -> {}));
        }
        return new ConsumerRecords<>(deliveries);
    }

    /** Hands over records that need care, each in a transaction of its own; all others are fetched again. */
    private ConsumerRecords<Object, Object> handOverAlone(
            ConsumerRecords<Object, Object> polled,
            PartitionProgress progress,
            List<ConsumerRecord<Object, Object>> records) {
        for (TopicPartition partition : polled.partitions()) {
            reallySeek(partition, polled.records(partition).get(0).offset());
        }
        if (sends.isOpen()) {
            sends.endSoon();
            return ConsumerRecords.empty();
        }
        long last = records.get(records.size() - 1).offset();
        reallySeek(progress.partition(), last + 1);
        long from = progress.fetched(records.get(0).offset(), last, last + 1);
        meters.read(progress.partition(), records);
        return new ConsumerRecords<>(Map.of(
                progress.partition(),
                inHand.handOver(progress, packing.pack(progress, from, records), this::endTransaction)));
    }

    private void endTransaction() {
        if (sends.isOpen()) {
            sends.endSoon();
            sends.settle(this::groupMetadata);
        }
    }

    private final class Claiming implements Run.Claims, GroupOffset {
        private final PartitionProgress progress;

        Claiming(PartitionProgress progress) {
            this.progress = progress;
        }

        @Override
        public PartitionSink claim(Run run, Function<Run, ? extends PartitionSink> open) {
            if (sends.isTransactional()) {
                throw new IllegalStateException(
                        "wadi.transactional: what takes runs here commits by itself; leave it out");
            }
            if (progress.sink() == null) {
                progress.claim(open.apply(run));
            }
            return progress.sink();
        }

        @Override
        public GroupOffset groupOffset() {
            return this;
        }

        @Override
        public void isolate(Run run) {
            inHand.during(run, () -> progress.careful(run.firstOffset(), run.lastOffset() + 1));
        }

        @Override
        public Committed read() {
            OffsetAndMetadata found =
                    committed(Set.of(progress.partition()), ANSWER_WITHIN).get(progress.partition());
            return found == null ? Committed.NONE : new Committed(found.offset(), found.metadata());
        }

        @Override
        public PartitionRow row(TopicPartition partition) {
            return meters.row(partition);
        }

        @Override
        public boolean isExclusive() {
            return byHand == null;
        }

        @Override
        public boolean commit(Committed committed) {
            boolean isCommitted = reallyCommit(
                    Map.of(progress.partition(), new OffsetAndMetadata(committed.offset(), committed.note())));
            if (isCommitted) {
                meters.committed(progress.partition(), committed.offset());
            }
            return isCommitted;
        }

        @Override
        public void commit(Committed committed, List<ProducerRecord<Object, Object>> sent) {
            ofSinks.commit(
                    sent,
                    Map.of(progress.partition(), new OffsetAndMetadata(committed.offset(), committed.note())),
                    groupMetadata());
            meters.committed(progress.partition(), committed.offset());
        }
    }

    // ---- between two polls

    /** Brings the records of the last poll to their end: acknowledged, committed, or to be handed over again. */
    private void settle() {
        inHand.bringToAnEnd();
        boolean isSettled = sends.settle(this::groupMetadata);
        long begun = 0;
        for (PartitionProgress progress : owned.all()) {
            tick(progress);
            if (progress.failure() != null) {
                rewind(progress);
            } else {
                long offset = progress.seekTo();
                if (offset != PartitionProgress.NONE) {
                    reallySeek(progress.partition(), offset);
                }
                if (progress.hasRecovered()) {
                    plan.states().recovered(progress.partition());
                    meters.recovered(progress.partition());
                }
                sinks.look(progress, mayFetch());
                begun += progress.begun();
            }
        }
        owned.begun(begun);
        if (isSettled) {
            commit(owned.all());
        }
        meters.look(owned::find, this::unread);
    }

    private OptionalLong unread(TopicPartition partition) {
        return unread(partition, assignment());
    }

    private static void tick(PartitionProgress progress) {
        if (progress.sink() != null && progress.failure() == null) {
            try {
                progress.sink().tick();
            } catch (RuntimeException e) {
                progress.failed(e);
            }
        }
    }

    private void rewind(PartitionProgress progress) {
        Exception cause = progress.failure();
        long offset = progress.rewind(System.nanoTime());
        if (offset != PartitionProgress.NONE) {
            reallySeek(progress.partition(), offset);
        }
        reallyPause(Set.of(progress.partition()));
        String failure = Causes.inShort(cause);
        LOG.warn(
                "{}@{}: {}; try {} follows in {} ms, nothing is lost",
                progress.partition(),
                offset,
                failure,
                progress.failures() + 1,
                progress.backoff().toMillis());
        LOG.debug("{}@{}", progress.partition(), offset, cause);
        plan.states().failed(progress.partition(), offset, failure);
        meters.failed(progress.partition(), progress.failures());
    }

    private void resumeDue() {
        if (!mayFetch()) {
            return;
        }
        long now = System.nanoTime();
        for (PartitionProgress progress : owned.all()) {
            if (progress.isDue(now)) {
                reallyResume(Set.of(progress.partition()));
            }
        }
    }

    private void commit(Collection<PartitionProgress> which) {
        Map<TopicPartition, OffsetAndMetadata> offsets = OwnedPartitions.toCommit(which);
        if (!offsets.isEmpty() && reallyCommit(offsets)) {
            owned.committed(offsets);
        }
    }

    // ---- pausing

    private boolean mayFetch() {
        return !suspended && !paused;
    }

    private void doAsAsked() {
        boolean isToPause = !plan.work().mayTake(plan.route());
        if (isToPause && !paused) {
            finishAll();
        } else if (!isToPause && paused) {
            paused = false;
            still = false;
            ends = Map.of();
            if (mayFetch()) {
                resumeWhatNeedNotWait(assignment());
            }
        }
        if (paused) {
            still = owned.all().stream().allMatch(each -> each.sink() == null && each.failure() == null);
        }
    }

    /** What fails at this is taken back, and is done again once the route goes on. */
    private void finishAll() {
        sends.endSoon();
        sends.settle(this::groupMetadata);
        paused = true;
        reallyPause(assignment());
        finish(owned.all());
        for (PartitionProgress progress : owned.all()) {
            if (progress.failure() == null && progress.sink() != null) {
                letGoOfSink(progress);
            }
        }
        commit(owned.all());
        LOG.info("{} is paused and keeps {}", plan.route(), assignment());
    }

    private void letGoOfSink(PartitionProgress progress) {
        boolean wasInTrouble = progress.trouble() != null;
        reallySeek(progress.partition(), progress.letGoOfSink());
        if (wasInTrouble) {
            plan.states().recovered(progress.partition());
            meters.recovered(progress.partition());
        }
    }

    /** This consumer, as others see it. */
    private final class Work implements RouteWork.Task {
        @Override
        public boolean isPaused() {
            return still;
        }

        @Override
        public Optional<String> trouble() {
            return reading.stream()
                    .map(plan.states()::lastingTrouble)
                    .flatMap(Optional::stream)
                    .findFirst();
        }
    }

    // ---- ownership

    private final class Ownership implements ConsumerRebalanceListener {
        private final ConsumerRebalanceListener camels;

        Ownership(ConsumerRebalanceListener camels) {
            this.camels = camels;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            camels.onPartitionsAssigned(partitions);
            partitions.forEach(owned::progress);
            if (!mayFetch()) {
                reallyPause(partitions);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            try {
                camels.onPartitionsRevoked(partitions);
            } finally {
                handBack(partitions);
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            try {
                camels.onPartitionsLost(partitions);
            } finally {
                if (sends.isOpen()) {
                    sends.takeBack();
                }
                partitions.forEach(owned::drop);
            }
        }
    }

    /** Finishes the partitions' open work and commits it; what cannot be finished is done by the next owner. */
    private void handBack(Collection<TopicPartition> partitions) {
        inHand.bringToAnEnd();
        sends.endSoon();
        sends.settle(this::groupMetadata);
        List<PartitionProgress> handedBack = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            PartitionProgress progress = owned.find(partition);
            if (progress != null) {
                handedBack.add(progress);
            }
        }
        finish(handedBack);
        try {
            commit(handedBack);
        } finally {
            meters.look(owned::find, this::unread);
            handedBack.forEach(owned::release);
        }
    }

    /** All begin before the first is waited for. */
    private static void finish(Collection<PartitionProgress> partitions) {
        partitions.forEach(progress -> finish(progress, PartitionSink::finishSoon));
        partitions.forEach(progress -> finish(progress, PartitionSink::finish));
    }

    private static void finish(PartitionProgress progress, Consumer<PartitionSink> step) {
        if (progress.failure() != null || progress.sink() == null) {
            return;
        }
        try {
            step.accept(progress.sink());
        } catch (RuntimeException e) {
            progress.failed(e);
            LOG.warn("{} is left unfinished, and is done again: {}", progress.partition(), Causes.inShort(e));
        }
    }

    // ---- what camel-kafka calls

    /** The names may have blanks around them, as a list in a property has after its commas. */
    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
        List<String> names = topics.stream().map(String::strip).toList();
        if (plan.partitions().isEmpty()) {
            super.subscribe(names, new Ownership(listener));
        } else {
            byHand = new Ownership(listener);
            List<TopicPartition> assigned = names.stream()
                    .flatMap(topic -> plan.partitions().stream().map(number -> new TopicPartition(topic, number)))
                    .toList();
            assign(assigned);
            byHand.onPartitionsAssigned(assigned);
        }
    }

    @Override
    public void subscribe(Pattern pattern, ConsumerRebalanceListener listener) {
        if (!plan.partitions().isEmpty()) {
            throw new IllegalArgumentException(
                    "partitions can be assigned by hand for topics that are named, not for a pattern: " + pattern);
        }
        super.subscribe(pattern, new Ownership(listener));
    }

    @Override
    public void unsubscribe() {
        if (byHand != null) {
            byHand.onPartitionsRevoked(assignment());
            byHand = null;
        }
        super.unsubscribe();
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        suspended = true;
        super.pause(partitions);
    }

    /** Resumes what a route's suspension has paused; a partition that waits for something else goes on waiting. */
    @Override
    public void resume(Collection<TopicPartition> partitions) {
        suspended = false;
        if (mayFetch()) {
            resumeWhatNeedNotWait(partitions);
        }
    }

    private void resumeWhatNeedNotWait(Collection<TopicPartition> partitions) {
        reallyResume(partitions.stream()
                .filter(partition -> !owned.progress(partition).isWaiting()
                        && !owned.progress(partition).isHeld())
                .collect(Collectors.toSet()));
    }

    /** Camel's word that a stop has taken too long. What is under way may still come to its end, but is not waited for long. */
    @Override
    public void wakeup() {
        inHand.stopWaiting();
        sends.hurry();
        super.wakeup();
    }

    @Override
    public void close() {
        try {
            super.close(CLOSE_WITHIN);
        } finally {
            workEnded.run();
            owned.close();
            ofSinks.close();
            sends.close();
            delivery.closed();
        }
    }
}
