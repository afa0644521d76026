package io.wadi.completeness;

import static io.wadi.kafka.AdminRequests.offsets;

import io.wadi.kafka.AdminOnDemand;
import io.wadi.kafka.AdminRequests;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Determines whether readers of committed records see all dead letters. A transaction that contains a dead letter may
 * be committed for the consumer group's offset a moment earlier than in the dead-letter topic, and the open transaction
 * of another producer hides the dead letters after it. Not thread-safe.
 */
final class VisibleDeadLetters {
    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final long PAUSE_MS = 20;

    private final AdminOnDemand admin;
    private final String topic;
    /** The last stable offsets of the partitions with an open transaction at the end of the last wait. */
    private Map<TopicPartition, Long> stuck = Map.of();

    VisibleDeadLetters(AdminOnDemand admin, String topic) {
        this.admin = admin;
        this.topic = topic;
    }

    String topic() {
        return topic;
    }

    /**
     * The result of a check.
     *
     * @param ends the end offsets of the dead letters sent before the check; none if the topic does not exist
     * @param stable the offsets that readers of committed records have reached since
     */
    record Check(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> stable) {
        /** Returns whether readers of committed records see all dead letters sent before the check. */
        boolean areVisible() {
            return isReached(ends);
        }

        /** Returns whether readers of committed records have reached the end offsets of an earlier check. */
        boolean isReached(Map<TopicPartition, Long> earlier) {
            return earlier.entrySet().stream()
                    .allMatch(each -> stable.getOrDefault(each.getKey(), -1L) >= each.getValue());
        }
    }

    /**
     * Checks the dead letters sent before the call. Waits up to 1 s for the end of transactions, but only once for the
     * same transaction.
     *
     * @return empty if a partition of the topic has no leader
     */
    Optional<Check> check() throws InterruptedException {
        Collection<TopicDescription> described =
                AdminRequests.describe(admin.get(), List.of(topic)).values();
        if (described.isEmpty()) {
            return Optional.of(new Check(Map.of(), Map.of()));
        }
        if (described.stream()
                .flatMap(each -> each.partitions().stream())
                .anyMatch(each -> each.leader() == null || each.leader().isEmpty())) {
            return Optional.empty();
        }
        Set<TopicPartition> all = AdminRequests.partitions(described);
        return Optional.of(await(offsets(admin.get(), all, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED)));
    }

    private Check await(Map<TopicPartition, Long> ends) throws InterruptedException {
        long begun = System.nanoTime();
        while (true) {
            Check check = new Check(
                    ends, offsets(admin.get(), ends.keySet(), OffsetSpec.latest(), IsolationLevel.READ_COMMITTED));
            if (check.areVisible()) {
                return check;
            }
            Map<TopicPartition, Long> open = new HashMap<>(check.stable());
            open.entrySet().removeIf(stable -> stable.getValue() >= ends.get(stable.getKey()));
            boolean isStuck = open.entrySet().stream().anyMatch(stuck.entrySet()::contains);
            if (isStuck || System.nanoTime() - begun >= WAIT.toNanos()) {
                stuck = open;
                return check;
            }
            // Nothing signals the end of a transaction; an interruption ends the wait.
            new CountDownLatch(1).await(PAUSE_MS, TimeUnit.MILLISECONDS);
        }
    }
}
