package io.wadi.completeness;

import io.wadi.completeness.PartitionProgress.Unarrived;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** The state of a topic and a target's group between samples, so that nothing is read or listed twice. */
final class TrackedTopic {
    private final Uuid id;
    private final String group;
    private final ObservedEndOffsets ends = new ObservedEndOffsets();
    private final Map<TopicPartition, Scanned> scanned = new HashMap<>();
    /** Kafka's first offset of each partition for which no expired range is recorded. */
    private final Map<TopicPartition, Long> nothingExpired = new HashMap<>();

    /** The last committed offsets before which all dead letters are visible; null if there are none yet. */
    private Map<TopicPartition, Long> visible;
    /** Null if there are none. */
    private Pending pending;

    private boolean usesEarlierOffsets;

    private final Map<TopicPartition, Long> proven = new HashMap<>();

    /** The committed offset of each partition with a log that ended before it. */
    private final Map<TopicPartition, Long> lost = new HashMap<>();

    /** The latest timestamp of each partition, if a sender set it and it was in the future. */
    private final Map<TopicPartition, Long> future = new HashMap<>();

    /**
     * Creates the state of a topic.
     *
     * @param id the topic's id; a recreated topic has another one
     * @param group the group that reads the topic for the target; a reloaded route can have another one
     */
    TrackedTopic(Uuid id, String group) {
        this.id = id;
        this.group = group;
    }

    /**
     * The part of a partition that has been searched for its first visible record.
     *
     * @param from where the search began
     * @param until the offset before which there is no visible record
     * @param found the record at {@code until}; null if there is none yet
     */
    private record Scanned(long from, long until, Unarrived found) {}

    /**
     * Committed offsets before which some dead letters are not visible yet.
     *
     * @param ends the end offsets of the dead-letter topic that readers of committed records have to reach
     */
    record Pending(Map<TopicPartition, Long> committed, Map<TopicPartition, Long> ends) {}

    boolean isOf(Uuid topicId, String groupId) {
        return id.equals(topicId) && group.equals(groupId);
    }

    ObservedEndOffsets ends() {
        return ends;
    }

    /** Returns the last committed offsets before which all dead letters are visible; empty if there are none yet. */
    Optional<Map<TopicPartition, Long>> visible() {
        return Optional.ofNullable(visible);
    }

    /** Records committed offsets before which all dead letters are visible; no earlier ones are pending any more. */
    void visible(Map<TopicPartition, Long> committed) {
        visible = committed;
        pending = null;
    }

    /** Returns the pending committed offsets, if any. */
    Optional<Pending> pending() {
        return Optional.ofNullable(pending);
    }

    /** Records pending committed offsets; earlier ones stay, so that long transactions cannot delay them again. */
    void pend(Pending committed) {
        if (pending == null) {
            pending = committed;
        }
    }

    /** Records whether the last sample used earlier committed offsets, because some dead letters were not visible. */
    void usesEarlierOffsets(boolean now) {
        usesEarlierOffsets = now;
    }

    /** Returns whether the last sample used earlier committed offsets, because some dead letters were not visible. */
    boolean usesEarlierOffsets() {
        return usesEarlierOffsets;
    }

    /**
     * Returns the latest watermark of a partition by append time, in milliseconds since 1970; 0 if there is none. One
     * that is later than the current time was derived from a wrong clock.
     */
    long provenMs(TopicPartition partition, long nowMs) {
        long latest = proven.getOrDefault(partition, 0L);
        return latest <= nowMs ? latest : 0;
    }

    /** Records a watermark, which stays valid unless it is later than the current time. */
    void proven(TopicPartition partition, long timeMs, long nowMs) {
        proven.put(partition, Math.max(timeMs, provenMs(partition, nowMs)));
    }

    /**
     * Returns whether a partition's log ends, or has ended, before a committed offset, until the group commits an
     * earlier one: new records have taken the offsets of lost ones, and count as arrived.
     */
    boolean hasLostRecords(TopicPartition partition, long committed, long end) {
        if (committed > end) {
            lost.put(partition, committed);
        } else if (!usesEarlierOffsets && committed < lost.getOrDefault(partition, 0L)) {
            lost.remove(partition);
        }
        return lost.containsKey(partition);
    }

    /** Records a partition's latest timestamp, which a sender set and which is in the future. */
    void future(TopicPartition partition, long timestamp) {
        future.put(partition, timestamp);
    }

    /** Returns whether a latest timestamp of a partition was recorded as a future one set by a sender. */
    boolean isFuture(TopicPartition partition, long timestamp) {
        Long known = future.get(partition);
        return known != null && known == timestamp;
    }

    /** Returns the first visible record from an offset on, if the search of an earlier sample found it; else null. */
    Unarrived found(TopicPartition partition, long from) {
        Scanned known = scanned.get(partition);
        return known != null && known.from() <= from && from <= known.until() ? known.found() : null;
    }

    /** Returns the offset at which a search from an offset on can begin, since there is no visible record before it. */
    long searchFrom(TopicPartition partition, long from) {
        Scanned known = scanned.get(partition);
        return known != null && known.from() <= from && from <= known.until() ? known.until() : from;
    }

    /** Records the result of a search: the record, or null if there is none before {@code until}. */
    void searched(TopicPartition partition, long from, long until, Unarrived found) {
        scanned.put(partition, new Scanned(from, found == null ? until : found.offset(), found));
    }

    /** Returns whether no expired range was recorded when this was Kafka's first offset. */
    boolean hasNothingExpired(TopicPartition partition, long begin) {
        Long known = nothingExpired.get(partition);
        return known != null && known == begin;
    }

    /** Records that there is no expired range, which cannot change before Kafka deletes more records. */
    void nothingExpired(TopicPartition partition, long begin) {
        nothingExpired.put(partition, begin);
    }
}
