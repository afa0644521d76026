package io.wadi.streams.definition;

/** Which partitions the records at a place of a flow are in. */
public enum Placement {
    /** All records of a key are in the partition of the key. */
    BY_KEY,
    /** Records of a key may be in any partition: Kafka Streams repartitions them before it groups by key or joins. */
    MOVED,
    /** Results by window: those of a key are in one partition, but Kafka Streams repartitions them nevertheless. */
    WINDOWED;

    /** Returns whether Kafka Streams repartitions the records before it groups by key or joins. */
    public boolean isMoved() {
        return this != BY_KEY;
    }

    /** Returns whether all records of a key are in one partition. */
    public boolean isPartitioned() {
        return this != MOVED;
    }

    /** Returns the placement after a step, which is applied to records with this placement. */
    public Placement after(Step step) {
        if (step instanceof Step.SelectKey || step instanceof Step.Processor) {
            return MOVED;
        } else if (step instanceof Step.Deduplicate deduplicate) {
            return ofDeduplication(deduplicate.by() != null);
        } else if (step instanceof Step.Aggregate aggregate) {
            return ofAggregation(aggregate.window() != null);
        } else if (step instanceof Step.Every) {
            return ofEmission();
        } else if (step instanceof Step.Repartition
                || (step instanceof Step.Join join && !join.table().isGlobal())) {
            return BY_KEY;
        }
        return this;
    }

    /** Returns the placement of the first records of each id, or of each key. */
    public static Placement ofDeduplication(boolean isById) {
        return isById ? MOVED : BY_KEY;
    }

    /** Returns the placement of an aggregation's results. */
    public static Placement ofAggregation(boolean isByWindow) {
        return isByWindow ? WINDOWED : BY_KEY;
    }

    /** Returns the placement of the latest values of each key that are emitted for records with this placement. */
    public Placement ofEmission() {
        return this == WINDOWED ? WINDOWED : BY_KEY;
    }
}
