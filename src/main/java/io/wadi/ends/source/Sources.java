package io.wadi.ends.source;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.health.Patience;
import io.wadi.kafka.KafkaClients;

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
