package io.wadi.management.connectors;

import java.util.List;
import java.util.Optional;

/**
 * How a connector is doing.
 *
 * @param connector the route as a whole
 * @param tasks its threads, by number; none where it is stopped
 */
record ConnectorStatus(State connector, List<TaskStatus> tasks) {
    /** Kafka Connect's states. */
    enum State {
        /** It is to run, and is not there yet. */
        UNASSIGNED,
        /** It does its work. */
        RUNNING,
        /** It takes nothing new, and has finished what it had begun. */
        PAUSED,
        /** It is stopped. */
        STOPPED,
        /** It does not go on, and has not for some time. */
        FAILED
    }

    /**
     * How a thread is doing.
     *
     * @param trace why it has failed; nothing where it has not
     */
    record TaskStatus(int id, State state, Optional<String> trace) {}

    /** Whether some thread does not go on. */
    boolean hasFailed() {
        return tasks.stream().anyMatch(task -> task.state() == State.FAILED);
    }
}
