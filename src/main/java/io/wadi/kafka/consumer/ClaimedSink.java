package io.wadi.kafka.consumer;

import io.wadi.kafka.PartitionSink;

/** A partition's sink, with what is known of it for as long as it is in use. */
final class ClaimedSink {
    private final PartitionSink sink;
    private boolean held;
    private PartitionSink.Trouble trouble;

    ClaimedSink(PartitionSink sink) {
        this.sink = sink;
    }

    PartitionSink sink() {
        return sink;
    }

    /** Whether the partition is paused because the sink takes no more records for now. */
    boolean isHeld() {
        return held;
    }

    void held(boolean isHeld) {
        held = isHeld;
    }

    /** The trouble of the sink that was reported last, or null. */
    PartitionSink.Trouble trouble() {
        return trouble;
    }

    void trouble(PartitionSink.Trouble reported) {
        trouble = reported;
    }
}
