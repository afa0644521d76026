package io.wadi.kafka.deadletter;

/** The rules by which dead letters are replayed to their topic. Bound by the feature that accepted the records first. */
@FunctionalInterface
public interface ReplayPolicy {
    /** Returns a new check of dead letters, for one thread. */
    DeadLetterTopic.Readmission newReplay();
}
