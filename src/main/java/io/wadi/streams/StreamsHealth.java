package io.wadi.streams;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Tells health of one thing about a topology: down while there is something to say of it. */
final class StreamsHealth extends AbstractHealthCheck {
    private final boolean readiness;
    private final Supplier<Optional<String>> trouble;

    private StreamsHealth(String id, boolean readiness, Supplier<Optional<String>> trouble) {
        super("wadi", id);
        this.readiness = readiness;
        this.trouble = trouble;
    }

    /** Down while the topology waits for Kafka, has ended, or has failed and is not running again. */
    static StreamsHealth running(String name, RunningFlow flow) {
        return new StreamsHealth("wadi-streams-" + name, true, () -> Optional.ofNullable(flow.trouble()));
    }

    /** Down while there is a complaint, which is no reason to take the process out of service. */
    static StreamsHealth complaint(String name, Supplier<Optional<String>> complaint) {
        return new StreamsHealth("wadi-streams-" + name + "-complaint", false, complaint);
    }

    @Override
    public boolean isReadiness() {
        return readiness;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        trouble.get().ifPresentOrElse(words -> builder.message(words).down(), builder::up);
    }
}
