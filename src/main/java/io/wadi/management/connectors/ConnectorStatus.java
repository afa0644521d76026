package io.wadi.management.connectors;

import java.util.List;
import java.util.Optional;

/**
 * The status of a connector.
 *
 * @param connector the state of the route
 * @param tasks the connector's threads, by number; none if it is stopped or failed
 */
record ConnectorStatus(State connector, List<TaskStatus> tasks) {
    /** Kafka Connect's states. */
    enum State {
        UNASSIGNED,
        RUNNING,
        /** Paused, without records in flight. */
        PAUSED,
        STOPPED,
        /** A connector could not be started; a task has failed for some time, or its thread has terminated. */
        FAILED
    }

    /**
     * The status of a task, which is a thread.
     *
     * @param trace the cause of a failure; empty without a failure
     */
    record TaskStatus(int id, State state, Optional<String> trace) {}

    boolean hasFailed() {
        return connector == State.FAILED || tasks.stream().anyMatch(task -> task.state() == State.FAILED);
    }
}
