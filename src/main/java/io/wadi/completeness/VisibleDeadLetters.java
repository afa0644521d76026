package io.wadi.completeness;

import static io.wadi.kafka.AdminRequests.offsets;

import io.wadi.kafka.AdminOnDemand;
import io.wadi.kafka.AdminRequests;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Determines whether readers of committed records see all dead letters. A transaction that contains a dead letter may
 * be committed for the consumer group's offset a moment earlier than in the dead-letter topic. Not thread-safe.
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
     * Returns whether the dead letters sent before the call can be read. Waits up to 1 s for the end of transactions,
     * but only once for the same transaction.
     */
    boolean await() throws InterruptedException {
        Admin client = admin.get();
        int count = AdminRequests.partitionCounts(client, List.of(topic)).getOrDefault(topic, 0);
        Set<TopicPartition> all = IntStream.range(0, count)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toSet());
        Map<TopicPartition, Long> ends = offsets(client, all, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
        long begun = System.nanoTime();
        while (true) {
            Map<TopicPartition, Long> open = offsets(client, all, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
            open.entrySet().removeIf(stable -> stable.getValue() >= ends.get(stable.getKey()));
            if (open.isEmpty()) {
                return true;
            }
            boolean isStuck = open.entrySet().stream().anyMatch(stuck.entrySet()::contains);
            if (isStuck || System.nanoTime() - begun >= WAIT.toNanos()) {
                stuck = open;
                return false;
            }
            // Nothing signals the end of a transaction; an interruption ends the wait.
            new CountDownLatch(1).await(PAUSE_MS, TimeUnit.MILLISECONDS);
        }
    }
}
