package io.wadi.extension.mirror;

import io.wadi.extension.mirror.MirrorReport.FlowState;
import io.wadi.extension.mirror.MirrorReport.PartitionState;
import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.Causes;
import io.wadi.kafka.PartitionOrder;
import io.wadi.runtime.config.Units;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.connect.mirror.Heartbeat;

/**
 * Measures the lag of a mirror's flows, in records and in time, and checks the identities of the clusters. It needs
 * only the clusters, wherever MirrorMaker runs. For one thread.
 */
public final class MirrorMonitor implements AutoCloseable {
    /**
     * The number of last offsets to read for heartbeats: ten seconds, with a heartbeat and a transaction marker per
     * second.
     */
    private static final long HEARTBEAT_OFFSETS = 20;

    /** Twice the transaction timeout of MirrorMaker's tasks. */
    private static final Duration LONG_OPEN = Duration.ofMinutes(2);

    private final MirrorFile file;
    private final Clock clock;
    private final Map<String, ClusterClients> clusters = new HashMap<>();
    private final Map<String, KnownClusters> known = new HashMap<>();
    private final Map<ReplicationFlow, ReplicationOffsets> offsets = new HashMap<>();
    private final Map<ReplicationFlow, UncopiedRecords> uncopied = new HashMap<>();

    /** Creates a monitor, which connects with the first {@link #measure}. */
    public MirrorMonitor(MirrorFile file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    /** Measures all flows. A cluster that does not respond is reported as a problem of its flows. */
    public MirrorReport measure() throws InterruptedException {
        List<FlowState> flows = new ArrayList<>();
        for (ReplicationFlow each : file.flows()) {
            try {
                flows.add(measure(each));
            } catch (KafkaException e) {
                flows.add(new FlowState(each, List.of(), null, List.of(e.getMessage())));
            }
        }
        return new MirrorReport(clock.millis(), flows);
    }

    private FlowState measure(ReplicationFlow flow) throws InterruptedException {
        ClusterClients source = cluster(flow.from());
        ClusterClients target = cluster(flow.to());
        List<String> problems = new ArrayList<>(identityProblems(flow, source, target));
        ReplicationOffsets read = offsets.computeIfAbsent(flow, ReplicationOffsets::new);
        read.read(target);
        unreadable("the progress", target, read.ends()).ifPresent(problems::add);
        Set<TopicPartition> existing =
                source.partitions(source.topics().stream().filter(flow::copies).toList());
        problems.addAll(read.problems(target, existing));
        problems.addAll(openProblems(target, read.ends()));
        existing.removeIf(each -> !read.isKnown(each));
        AdminRequests.Offsets first = source.tryOffsets(existing, OffsetSpec.earliest());
        Map<TopicPartition, Long> begins = first.known();
        AdminRequests.Offsets last = source.tryOffsets(begins.keySet(), OffsetSpec.latest());
        Map<TopicPartition, Long> ends = last.known();
        unreadable("the lag", source, first, last).ifPresent(problems::add);
        Set<TopicPartition> copied = ends.keySet();
        Map<TopicPartition, Long> behind = new HashMap<>();
        for (TopicPartition each : copied) {
            long position = Math.max(read.position(each), begins.get(each));
            if (position < ends.get(each)) {
                behind.put(each, position);
            }
        }
        problems.addAll(aheadProblems(flow, source, read, ends));
        UncopiedRecords records = uncopied.computeIfAbsent(flow, any -> new UncopiedRecords());
        lostProblem(flow, records.lost(read::position, begins), begins).ifPresent(problems::add);
        records.begin(behind, ends, clock.millis());
        source.firsts(records.toRead(), ends)
                .forEach((partition, record) -> records.add(
                        partition,
                        record == null ? null : new UncopiedRecords.Found(record.offset(), record.timestamp()),
                        ends.get(partition)));
        long now = clock.millis();
        List<PartitionState> partitions = copied.stream()
                .sorted(PartitionOrder.BY_NAME)
                .map(each -> new PartitionState(
                        each.topic(),
                        each.partition(),
                        Math.max(read.position(each), begins.get(each)),
                        ends.get(each),
                        records.isBehind(each) ? ends.get(each) - behind.get(each) : 0,
                        records.ageMs(each, now)))
                .toList();
        Long heartbeatAgeMs = heartbeatAge(flow, target, now, problems);
        return new FlowState(flow, partitions, heartbeatAgeMs, problems);
    }

    private List<String> openProblems(ClusterClients target, AdminRequests.Offsets ends) throws InterruptedException {
        Map<TopicPartition, Long> open = target.oldTransactions(ends.known(), clock.millis() - LONG_OPEN.toMillis());
        return open.keySet().stream()
                .sorted(PartitionOrder.BY_NAME)
                .map(each ->
                        "a transaction of %s@%d in %s has been open without a new record for more than %s: MirrorMaker's tasks wait for its end when they start. If it hangs, abort it with ./wadi kafka transactions"
                                .formatted(each, open.get(each), target.where(), Units.text(LONG_OPEN)))
                .toList();
    }

    /** Returns why the offsets of partitions are unknown; empty if they are known, or the partitions were deleted. */
    private static Optional<String> unreadable(String what, ClusterClients cluster, AdminRequests.Offsets... offsets) {
        Map<TopicPartition, KafkaException> failures = new TreeMap<>(PartitionOrder.BY_NAME);
        Stream.of(offsets).forEach(each -> failures.putAll(each.failures()));
        failures.values().removeIf(UnknownTopicOrPartitionException.class::isInstance);
        int others = failures.size() - 1;
        return failures.entrySet().stream()
                .findFirst()
                .map(one -> "%s of %s%s in %s is unknown: %s"
                        .formatted(
                                what,
                                one.getKey(),
                                others == 0 ? "" : " and %d more".formatted(others),
                                cluster.where(),
                                Causes.inShort(one.getValue())));
    }

    private static Optional<String> lostProblem(
            ReplicationFlow flow, Map<TopicPartition, Long> lost, Map<TopicPartition, Long> begins) {
        int others = lost.size() - 1;
        return lost.entrySet().stream()
                .min(Map.Entry.comparingByKey(PartitionOrder.BY_NAME))
                .map(one ->
                        ("%s lacks records of %s%s: offsets %d to %d were deleted in %s before they were copied. Raise"
                                        + " the retention there; MirrorMaker has been too slow, or has not run")
                                .formatted(
                                        flow.to(),
                                        one.getKey(),
                                        others == 0 ? "" : " and of %d more".formatted(others),
                                        one.getValue(),
                                        begins.get(one.getKey()) - 1,
                                        flow.from()));
    }

    private static List<String> aheadProblems(
            ReplicationFlow flow, ClusterClients source, ReplicationOffsets read, Map<TopicPartition, Long> ends)
            throws InterruptedException {
        List<TopicPartition> beyond = ends.keySet().stream()
                .filter(each -> read.position(each) > ends.get(each))
                .toList();
        List<String> problems = new ArrayList<>();
        // With the default isolation level, MirrorMaker also copies records of open transactions.
        source.logEnds(beyond).forEach((partition, end) -> {
            if (read.position(partition) > end) {
                problems.add(ahead(flow, partition, read.position(partition), end));
            }
        });
        return problems;
    }

    private static String ahead(ReplicationFlow flow, TopicPartition partition, long position, long end) {
        return ("%s is ahead of %s: %s is copied up to offset %d, but its source ends at %d now. %s has lost records,"
                        + " or the topic was recreated. MirrorMaker waits for the former offset and does not copy earlier records:"
                        + " use another topic name, or another alias for %s")
                .formatted(flow.to(), flow.from(), partition, position, end, flow.from(), flow.from());
    }

    private List<String> identityProblems(ReplicationFlow flow, ClusterClients source, ClusterClients target)
            throws InterruptedException {
        String from = source.id();
        String to = target.id();
        if (from.equals(to)) {
            return List.of("%s and %s are one cluster, %s: it would be copied into itself endlessly"
                    .formatted(source.where(), target.where(), from));
        }
        KnownClusters ofTarget = known.computeIfAbsent(flow.to(), any -> new KnownClusters());
        Optional<String> before = ofTarget.formerId(target, flow.from(), from);
        return before
                .map(id -> ("%s is another cluster than before: its id is %s, was %s. MirrorMaker would resume at the"
                                + " offsets of the former one and skip or duplicate records: point %s.bootstrap.servers"
                                + " at the former one again, or give the new one another alias")
                        .formatted(source.where(), from, id, flow.from()))
                .stream()
                .toList();
    }

    private static Long heartbeatAge(ReplicationFlow flow, ClusterClients target, long now, List<String> problems)
            throws InterruptedException {
        if (!target.topics().contains(flow.heartbeats())) {
            return null;
        }
        AdminRequests.Offsets first =
                target.tryOffsets(target.partitions(Set.of(flow.heartbeats())), OffsetSpec.earliest());
        Map<TopicPartition, Long> begins = first.known();
        AdminRequests.Offsets last = target.tryOffsets(begins.keySet(), OffsetSpec.latest());
        unreadable("the last heartbeat", target, first, last).ifPresent(problems::add);
        Map<TopicPartition, Long> from = new HashMap<>();
        last.known()
                .forEach((partition, end) ->
                        from.put(partition, Math.max(begins.get(partition), end - HEARTBEAT_OFFSETS)));
        if (from.isEmpty()) {
            return null;
        }
        List<Long> sent = new ArrayList<>();
        target.read(from, each -> timestamp(each).ifPresent(sent::add));
        return sent.stream()
                .max(Long::compare)
                .map(newest -> Math.max(0, now - newest))
                .orElse(null);
    }

    /** Returns when a heartbeat was sent; empty if the record is not a heartbeat. */
    private static Optional<Long> timestamp(ConsumerRecord<byte[], byte[]> heartbeat) {
        try {
            return Optional.of(Heartbeat.deserializeRecord(heartbeat).timestamp());
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private ClusterClients cluster(String alias) {
        return clusters.computeIfAbsent(alias, each -> new ClusterClients(file, each));
    }

    @Override
    public void close() {
        clusters.values().forEach(ClusterClients::close);
    }
}
