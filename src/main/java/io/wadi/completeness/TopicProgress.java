package io.wadi.completeness;

import io.wadi.kafka.targets.RecordTarget.Range;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * How far the records of a topic have arrived at a target.
 *
 * @param target the target's name, which is also the state of a record that has arrived, such as {@code landed}
 * @param at when the sample began
 * @param isAppendTime whether brokers set the topic's timestamps, and no sender's timestamp is in the future
 * @param partitions the partitions of the topic, in order
 * @param observed the time of the newest sample of which all records have arrived; null if there is none
 * @param clockSkew the maximum amount by which append times can go back
 */
record TopicProgress(
        String topic,
        String target,
        Instant at,
        boolean isAppendTime,
        List<PartitionProgress> partitions,
        Instant observed,
        Duration clockSkew) {

    /**
     * Returns the watermark.
     *
     * @param acceptExpired whether to ignore records that Kafka deleted before they arrived
     */
    Watermark watermark(boolean acceptExpired) {
        Map<TopicPartition, List<Range>> expired = expired();
        for (PartitionProgress each : partitions) {
            if (each.hasLostRecords()) {
                return unknown(each, expired, loss(each));
            }
        }
        if (!expired.isEmpty() && !acceptExpired) {
            Map.Entry<TopicPartition, List<Range>> first =
                    expired.entrySet().iterator().next();
            Range range = first.getValue().get(0);
            return unknown(
                    null,
                    expired,
                    "Kafka deleted records before they were %s: the first are %s@%d to %d"
                            .formatted(target, first.getKey(), range.first(), range.last()));
        }
        boolean isComplete = partitions.stream().allMatch(PartitionProgress::isCaughtUp);
        PartitionProgress oldest = partitions.stream()
                .filter(each -> !each.isCaughtUp())
                .min(Comparator.comparingLong(each -> each.next().timeMs()))
                .orElse(null);
        return new Watermark(
                topic,
                target,
                at,
                isComplete ? Watermark.State.COMPLETE : Watermark.State.BEHIND,
                basis(),
                time(),
                oldest == null ? null : oldest.position(),
                reason(oldest),
                lag(),
                expired,
                false);
    }

    private static String loss(PartitionProgress lost) {
        return lost.committed() > lost.end()
                ? ("%s: the committed offset is %d, but Kafka's log ends at %d: the topic was recreated or has lost"
                                + " records")
                        .formatted(lost.partition(), lost.committed(), lost.end())
                : ("%s: Kafka's log has ended before the committed offset %d: it has lost records, and new ones have"
                                + " their offsets")
                        .formatted(lost.partition(), lost.committed());
    }

    /**
     * Returns the basis of the watermark. It is not append time while a record that has not arrived is older than the
     * topic's timestamp setting.
     */
    Watermark.Basis basis() {
        return isAppendTime
                        && partitions.stream()
                                .allMatch(
                                        each -> each.isCaughtUp() || each.next().isAppendTime())
                ? Watermark.Basis.APPEND_TIME
                : Watermark.Basis.OBSERVED;
    }

    /** Returns a partition's own watermark by append time, regardless of expired records. */
    Instant time(PartitionProgress partition) {
        return Instant.ofEpochMilli(partition.appendTimeMs(at.toEpochMilli(), clockSkew.toMillis()));
    }

    private Instant time() {
        return basis() == Watermark.Basis.OBSERVED
                ? observed
                : partitions.stream()
                        .map(this::time)
                        .min(Comparator.naturalOrder())
                        .filter(time -> time.isAfter(Instant.EPOCH))
                        .orElse(null);
    }

    private String reason(PartitionProgress oldest) {
        if (oldest == null) {
            return null;
        }
        return switch (oldest.next().kind()) {
            case VISIBLE -> oldest.position() + " is not " + target + " yet";
            case UNDECIDED -> "a transaction is open since " + oldest.position();
            case UNREPLICATED -> oldest.position() + " is not on all in-sync replicas yet";
        };
    }

    private long lag() {
        return partitions.stream().mapToLong(PartitionProgress::lag).sum();
    }

    private Map<TopicPartition, List<Range>> expired() {
        Map<TopicPartition, List<Range>> expired = new LinkedHashMap<>();
        for (PartitionProgress each : partitions) {
            if (!each.deleted().isEmpty()) {
                expired.put(each.partition(), each.deleted());
            }
        }
        return expired;
    }

    private Watermark unknown(PartitionProgress held, Map<TopicPartition, List<Range>> expired, String reason) {
        return new Watermark(
                topic,
                target,
                at,
                Watermark.State.UNKNOWN,
                basis(),
                null,
                held == null ? null : held.partition() + "@" + held.committed(),
                reason,
                lag(),
                expired,
                held == null && partitions.stream().anyMatch(PartitionProgress::hasExpired));
    }
}
