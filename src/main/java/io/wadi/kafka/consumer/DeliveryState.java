package io.wadi.kafka.consumer;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/** The state of the delivery of one partition's records, with the table of allowed transitions. */
enum DeliveryState {
    /** Assigned; no records were delivered yet. */
    IDLE,
    /** Records are delivered, and the last attempt did not fail. */
    DELIVERING,
    /** A record, a send or the sink failed: nothing more is delivered until the partition is rewound. */
    FAILED,
    /** Rewound, and paused until the next attempt. */
    BACKING_OFF,
    /** The backoff is over; no records were delivered again yet. */
    RETRYING,
    /** Records were delivered again, and their outcome is unknown; or Kafka no longer has the failed ones. */
    RETRIED,
    /** Revoked or lost. Final. */
    RELEASED;

    /** An event that changes the state of a partition. */
    enum Transition {
        /** A poll returned records. */
        FETCH,
        /** A sink claims the partition. */
        CLAIM,
        /** A record or batch completed. */
        COMPLETE,
        /** A record, a send or the sink failed. */
        FAIL,
        /** Reading returns to the first uncompleted record. */
        REWIND,
        /** The backoff is over. */
        RESUME,
        /** The records that were delivered again did not fail, or there are none. */
        RECOVER,
        /** Reading continues at a later offset, because Kafka does not have the records before it. */
        SKIP,
        /** Kafka has lost records; reading continues at the first uncompleted record or at an earlier offset. */
        TRUNCATE,
        /** The partition is revoked or lost. */
        RELEASE
    }

    private static final Map<Transition, Map<DeliveryState, DeliveryState>> ALLOWED = Map.of(
            Transition.FETCH,
                    Map.of(
                            IDLE, DELIVERING,
                            DELIVERING, DELIVERING,
                            RETRYING, RETRIED,
                            // The failed records were skipped before.
                            RETRIED, RETRIED),
            Transition.CLAIM, Map.of(DELIVERING, DELIVERING, RETRIED, RETRIED),
            Transition.COMPLETE, Map.of(DELIVERING, DELIVERING, RETRIED, RETRIED, FAILED, FAILED),
            Transition.FAIL,
                    Map.of(
                            DELIVERING, FAILED,
                            RETRIED, FAILED,
                            FAILED, FAILED,
                            // A send of an earlier poll was not acknowledged.
                            BACKING_OFF, FAILED,
                            RETRYING, FAILED),
            Transition.REWIND, Map.of(FAILED, BACKING_OFF),
            Transition.RESUME, Map.of(BACKING_OFF, RETRYING),
            Transition.RECOVER, Map.of(RETRYING, DELIVERING, RETRIED, DELIVERING),
            Transition.SKIP,
                    Map.of(
                            IDLE, IDLE,
                            DELIVERING, DELIVERING,
                            FAILED, FAILED,
                            BACKING_OFF, BACKING_OFF,
                            RETRYING, RETRIED,
                            RETRIED, RETRIED),
            Transition.TRUNCATE,
                    Map.of(
                            IDLE, IDLE,
                            DELIVERING, DELIVERING,
                            FAILED, FAILED,
                            BACKING_OFF, BACKING_OFF,
                            RETRYING, RETRYING,
                            RETRIED, RETRIED),
            Transition.RELEASE,
                    Map.of(
                            IDLE, RELEASED,
                            DELIVERING, RELEASED,
                            FAILED, RELEASED,
                            BACKING_OFF, RELEASED,
                            RETRYING, RELEASED,
                            RETRIED, RELEASED));

    /** Returns the states in which a transition is allowed. */
    static Set<DeliveryState> allowing(Transition transition) {
        return new TreeSet<>(ALLOWED.get(transition).keySet());
    }

    /**
     * Returns the state after a transition.
     *
     * @throws IllegalStateException if it is not allowed, with the partition, this state and the transition
     */
    DeliveryState after(Transition transition, TopicPartition partition) {
        DeliveryState next = ALLOWED.get(transition).get(this);
        if (next == null) {
            throw new IllegalStateException("Partition %s: transition %s is not allowed in state %s, expected one of %s"
                    .formatted(partition, transition, this, allowing(transition)));
        }
        return next;
    }
}
