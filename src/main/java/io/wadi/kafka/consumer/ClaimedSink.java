package io.wadi.kafka.consumer;

import io.wadi.kafka.PartitionSink;

/** The sink of an owned partition, with its pause and the last reported failure. */
final class ClaimedSink {
    private final PartitionSink sink;
    private boolean paused;
    private PartitionSink.Failure failure;

    ClaimedSink(PartitionSink sink) {
        this.sink = sink;
    }

    PartitionSink sink() {
        return sink;
    }

    /** Returns whether the partition is paused because the sink is full. */
    boolean isPaused() {
        return paused;
    }

    void paused(boolean isPaused) {
        paused = isPaused;
    }

    /** Returns the last reported failure of the sink, or null. */
    PartitionSink.Failure failure() {
        return failure;
    }

    void failure(PartitionSink.Failure reported) {
        failure = reported;
    }
}
