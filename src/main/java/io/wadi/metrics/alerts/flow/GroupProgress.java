package io.wadi.metrics.alerts.flow;

import io.wadi.kafka.AdminRequests;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Compares the end offsets of topics with the committed offsets of consumer groups. Not thread-safe. */
final class GroupProgress {
    private final Admin admin;
    private final EmptyTails emptyTails;

    /**
     * Creates an instance.
     *
     * @param readerSettings supplies the properties of a consumer without a group
     */
    GroupProgress(Admin admin, Supplier<Properties> readerSettings) {
        this.admin = admin;
        this.emptyTails = new EmptyTails(readerSettings);
    }

    /**
     * Returns the log end offset of each partition, including records of open transactions.
     */
    Map<TopicPartition, Long> ends(Collection<String> topics) throws InterruptedException {
        return offsets(AdminRequests.partitions(admin, topics), OffsetSpec.latest());
    }

    /**
     * Returns the end offsets that a group has not committed yet, except those before which no record remains.
     *
     * @throws KafkaException also if a partition ends before such an offset, which the group may never commit
     */
    Map<TopicPartition, Long> unread(String group, Map<TopicPartition, Long> ends) throws InterruptedException {
        Map<TopicPartition, Long> committed = AdminRequests.committed(admin, group);
        Map<TopicPartition, Long> unread = new HashMap<>(ends);
        unread.entrySet().removeIf(end -> committed.getOrDefault(end.getKey(), -1L) >= end.getValue());
        if (!unread.isEmpty()) {
            requireEnds(unread);
            Map<TopicPartition, Long> begins = offsets(unread.keySet(), OffsetSpec.earliest());
            unread.entrySet().removeIf(end -> begins.get(end.getKey()) >= end.getValue());
            begins.replaceAll((partition, begin) -> Math.max(begin, committed.getOrDefault(partition, 0L)));
            emptyTails.removeFrom(unread, begins);
        }
        return unread;
    }

    private void requireEnds(Map<TopicPartition, Long> ends) throws InterruptedException {
        offsets(ends.keySet(), OffsetSpec.latest()).forEach((partition, end) -> {
            if (end < ends.get(partition)) {
                throw new KafkaException("%s ends at offset %d, before %d: the topic was recreated or has lost records"
                        .formatted(partition, end, ends.get(partition)));
            }
        });
    }

    private Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec which)
            throws InterruptedException {
        return AdminRequests.offsets(admin, partitions, which, IsolationLevel.READ_UNCOMMITTED);
    }
}
