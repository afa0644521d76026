package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** A partition at the simulated Kafka, with the group's committed offset and the member's position. */
final class SimulatedPartition {
    private final TopicPartition name;
    private final Random random;
    private final NavigableMap<Long, SimulatedRecord> records = new TreeMap<>();
    private long begin;
    private long committed = -1;
    /** Null if unknown. */
    private Long position;
    /** The offset of the next record. */
    private long end;

    SimulatedPartition(TopicPartition name, Random random) {
        this.name = name;
        this.random = random;
        appendGap();
        int count = 1 + random.nextInt(25);
        for (int i = 0; i < count; i++) {
            append();
            if (random.nextInt(6) == 0) {
                appendGap();
            }
        }
    }

    void append() {
        records.put(end++, new SimulatedRecord(random));
    }

    /** Writes the marker of a transaction, or aborted records. */
    void appendGap() {
        end += random.nextInt(3);
    }

    SimulatedRecord record(long offset) {
        return records.get(offset);
    }

    long begin() {
        return begin;
    }

    long end() {
        return end;
    }

    /** Returns the committed offset, or -1. */
    long committed() {
        return committed;
    }

    /** Returns the member's position, or null if unknown. */
    Long position() {
        return position;
    }

    void seek(long offset) {
        position = offset;
    }

    void resetPosition() {
        position = committed < 0 ? null : committed;
    }

    /** Commits an offset, before which every record must be complete. */
    void commit(long offset) {
        assertThat(records.headMap(offset).entrySet().stream()
                        .filter(each -> !each.getValue().isDone())
                        .map(Map.Entry::getKey))
                .as("records of %s before %d that are not done", name, offset)
                .isEmpty();
        assertThat(offset).as("committed of %s", name).isLessThanOrEqualTo(end);
        committed = offset;
    }

    /** Asserts that the records before an offset are expired, or before the allowed offset or the committed one. */
    void assertRequested(long offset, long requested) {
        long allowed = Math.max(committed, requested);
        assertThat(records.headMap(offset).keySet())
                .as("records of %s before %d: the route has requested %d", name, offset, allowed)
                .allMatch(each -> each < begin || each < allowed);
    }

    /** Processes some records and commits them, as another member does. */
    void processElsewhere() {
        for (Map.Entry<Long, SimulatedRecord> each :
                records.tailMap(Math.max(begin, committed)).entrySet()) {
            if (random.nextInt(3) == 0) {
                return;
            }
            each.getValue().processElsewhere();
            committed = each.getKey() + 1;
        }
    }

    /** Deletes records around the position by retention. */
    void expire() {
        long read = position == null ? begin : position;
        begin = Math.min(end, Math.max(begin, read - 2 + random.nextInt(5)));
        records.headMap(begin).values().forEach(SimulatedRecord::expire);
    }

    /** Returns the offsets of a few records from the position on, and advances it. */
    List<Long> fetch() {
        List<Long> fetched = records.tailMap(position).keySet().stream()
                .limit(1 + random.nextInt(6))
                .toList();
        long next = fetched.isEmpty() ? position : fetched.get(fetched.size() - 1) + 1;
        Long following = records.ceilingKey(next);
        // The position may advance past the markers of transactions.
        position = random.nextBoolean() ? Long.valueOf(next) : following == null ? Long.valueOf(end) : following;
        return fetched;
    }

    /**
     * Returns whether the partition is not committed to its end.
     *
     * @param isBehindLastRecord whether the end is past a transaction marker, or else after the last record
     */
    boolean isOpen(boolean isBehindLastRecord) {
        return lastRetained() >= 0 && committed < (isBehindLastRecord ? end : lastRetained() + 1);
    }

    /** Returns the offset of the last record that has not expired, or -2. */
    private long lastRetained() {
        return begin > records.lastKey() ? -2 : records.lastKey();
    }

    void assertEachDone(boolean exactlyOnce) {
        records.forEach((offset, record) -> record.assertDone("%s@%d".formatted(name, offset), exactlyOnce));
    }
}
