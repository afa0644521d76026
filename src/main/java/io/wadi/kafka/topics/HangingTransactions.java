package io.wadi.kafka.topics;

import io.wadi.kafka.AdminOnDemand;
import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.Causes;
import io.wadi.kafka.PartitionOrder;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.Prober;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * A probe that reports a fault if a partition's last stable offset has been below its end for {@link #LIMIT} without
 * change: then a transaction that begins at this offset is open, and readers of committed records get no later record.
 * Kafka aborts a transaction after the timeout of its producer, unless the transaction hangs (KIP-664).
 *
 * <p>Partitions without a leader, and topics that do not exist or that Wadi may not describe, are left out; {@link
 * TopicsInSync} reports them.
 */
public final class HangingTransactions implements Prober.Probe {
    /** Longer than the maximum timeout of a transaction, which is 15 minutes in a broker with default settings. */
    static final Duration LIMIT = Duration.ofMinutes(20);

    private final Supplier<Set<String>> topics;
    private final Clock clock;
    private final AdminOnDemand admin;
    /** The transactions that were open when their partitions were last read. */
    private Map<TopicPartition, Open> open = Map.of();

    /**
     * The first open transaction of a partition.
     *
     * @param offset the offset at which it begins
     * @param since the time of the first check that has found it
     */
    private record Open(long offset, Instant since) {}

    /**
     * Creates a probe without a client.
     *
     * @param settings the settings of the admin client that the first check creates
     * @param topics the topics of each check
     */
    public HangingTransactions(Supplier<Properties> settings, Supplier<Set<String>> topics, Clock clock) {
        this.admin = new AdminOnDemand(settings);
        this.topics = topics;
        this.clock = clock;
    }

    @Override
    public CheckResult check() throws InterruptedException {
        try {
            Admin client = admin.get();
            Set<TopicPartition> partitions = AdminRequests.partitions(describe(client, topics.get()));
            Map<TopicPartition, Long> stable = AdminRequests.tryOffsets(
                            client, partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED)
                    .known();
            Map<TopicPartition, Long> ends = AdminRequests.tryOffsets(client, stable.keySet(), OffsetSpec.latest())
                    .known();
            open = open(partitions, stable, ends);
            List<String> hanging = hanging(ends.keySet());
            return hanging.isEmpty()
                    ? CheckResult.proof("no transaction hangs in %d partitions".formatted(ends.size()))
                    : CheckResult.fault(fault(hanging));
        } catch (KafkaException e) {
            return CheckResult.fault("reading the last stable offsets failed: " + Causes.inShort(e));
        }
    }

    private static List<TopicDescription> describe(Admin client, Set<String> names) throws InterruptedException {
        List<TopicDescription> found = new ArrayList<>();
        for (KafkaFuture<TopicDescription> each :
                client.describeTopics(names).topicNameValues().values()) {
            try {
                AdminRequests.getIfPermitted(each).ifPresent(found::add);
            } catch (UnknownTopicOrPartitionException e) {
                // The topic is left out.
            }
        }
        return found;
    }

    /**
     * Returns the first open transaction of each partition that has one. A partition that could not be read, such as
     * during the failure of its leader, keeps its transaction, which may still be open.
     */
    private Map<TopicPartition, Open> open(
            Set<TopicPartition> partitions, Map<TopicPartition, Long> stable, Map<TopicPartition, Long> ends) {
        Instant now = clock.instant();
        Map<TopicPartition, Open> found = new HashMap<>(open);
        found.keySet().retainAll(partitions);
        ends.forEach((partition, end) -> found.compute(partition, (key, before) -> {
            long offset = stable.get(partition);
            if (offset >= end) {
                return null;
            }
            return before != null && before.offset() == offset ? before : new Open(offset, now);
        }));
        return found;
    }

    /** Returns the beginnings of the transactions that hang in these partitions, as {@code topic-partition@offset}. */
    private List<String> hanging(Set<TopicPartition> partitions) {
        Instant latest = clock.instant().minus(LIMIT);
        return open.keySet().stream()
                .filter(each ->
                        partitions.contains(each) && !open.get(each).since().isAfter(latest))
                .sorted(PartitionOrder.BY_NAME)
                .map(each -> each + "@" + open.get(each).offset())
                .toList();
    }

    private static String fault(List<String> hanging) {
        return ("a transaction has been open for more than %s, since %s: readers of committed records get no record from"
                        + " there on. If no producer is writing it any more, abort it with ./wadi kafka transactions abort"
                        + " --topic TOPIC --partition PARTITION --start-offset OFFSET")
                .formatted(Units.text(LIMIT), TopicsInSync.summary(hanging));
    }

    @Override
    public void close() {
        admin.close();
    }
}
