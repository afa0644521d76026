package io.wadi.extension.connectors.source;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.health.HealthThresholds;
import java.time.Duration;

/** The services that all sources of a process share. Thread-safe. */
public final class SourceContext {
    /** Shorter than what nanoseconds can count. */
    private static final Duration MAX_DURATION = Duration.ofDays(365);

    private final KafkaClients kafka;
    private final String offsetsTopic;
    private final HealthThresholds healthThresholds;
    private final MeterRegistry meters;

    /**
     * Creates the context.
     *
     * @param offsetsTopic the topic of source offsets
     * @param healthThresholds the thresholds of the sources' health checks
     */
    public SourceContext(
            KafkaClients kafka, String offsetsTopic, HealthThresholds healthThresholds, MeterRegistry meters) {
        this.kafka = kafka;
        this.offsetsTopic = offsetsTopic;
        this.healthThresholds = healthThresholds;
        this.meters = meters;
    }

    /**
     * Parses a duration in an option of an endpoint.
     *
     * @param parameter the name of the option
     * @throws IllegalArgumentException if the text is not a duration
     */
    public static Duration duration(String parameter, String text) {
        try {
            return Units.inRange(Units.duration(text), Duration.ZERO, MAX_DURATION);
        } catch (IllegalArgumentException | ArithmeticException e) {
            IllegalArgumentException named = new IllegalArgumentException(
                    "%s is \"%s\", expected a value like 5s, at most 365d".formatted(parameter, text));
            named.addSuppressed(e);
            throw named;
        }
    }

    HealthThresholds healthThresholds() {
        return healthThresholds;
    }

    SourceOffsets offsets(String source) {
        return new SourceOffsets(kafka, offsetsTopic, source);
    }

    SourceTransactions transactions(String source) {
        return SourceTransactions.open(kafka.transactionalProducer(SourceOffsets.GROUP + source), offsetsTopic, source);
    }

    void counted(String route, int records) {
        Counter.builder("wadi.source.records")
                .description("Lines and rows that sources have read")
                .tag("route", route)
                .register(meters)
                .increment(records);
    }
}
