package io.wadi.extension.connectors.source;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.health.Patience;
import java.time.Duration;

/** What all sources of a process share. Thread-safe. */
public final class Sources {
    private final KafkaClients kafka;
    private final String positionsTopic;
    private final Patience patience;
    private final MeterRegistry meters;

    /** Takes the way to Kafka, the topic of positions, how long things last until health says them, and who counts. */
    public Sources(KafkaClients kafka, String positionsTopic, Patience patience, MeterRegistry meters) {
        this.kafka = kafka;
        this.positionsTopic = positionsTopic;
        this.patience = patience;
        this.meters = meters;
    }

    /**
     * Reads a duration of an endpoint.
     *
     * @param parameter its name
     * @throws IllegalArgumentException where the text is none
     */
    public static Duration duration(String parameter, String text) {
        try {
            return Units.duration(text);
        } catch (IllegalArgumentException e) {
            IllegalArgumentException named =
                    new IllegalArgumentException("%s is \"%s\", allowed is such as 5s".formatted(parameter, text));
            named.addSuppressed(e);
            throw named;
        }
    }

    Patience patience() {
        return patience;
    }

    Positions positions(String source) {
        return new Positions(kafka, positionsTopic, source);
    }

    Outbox outbox(String source) {
        return Outbox.open(kafka.transactionalProducer(Positions.GROUP + source), positionsTopic, source);
    }

    void counted(String route, int records) {
        Counter.builder("wadi.source.records")
                .description("Lines and rows that were read and are records, or dead letters")
                .tag("route", route)
                .register(meters)
                .increment(records);
    }
}
