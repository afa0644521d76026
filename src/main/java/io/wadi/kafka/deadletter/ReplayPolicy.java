package io.wadi.kafka.deadletter;

/** The conversion of dead letters for their replay. Bound by the feature that first received the events. */
@FunctionalInterface
public interface ReplayPolicy {
    /** Returns a new converter, which is not thread-safe. */
    DeadLetterTopic.EventConverter newConverter();
}
