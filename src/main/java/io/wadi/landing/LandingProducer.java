package io.wadi.landing;

import io.wadi.kafka.RecordBatch;
import java.util.function.BiFunction;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/** Passes each batch to the lander of its partition. */
final class LandingProducer extends DefaultProducer {
    private final BiFunction<String, String, LandingConfiguration> landing;

    /**
     * Creates a producer.
     *
     * @param landing returns the configuration of a topic's partitions, given the topic and the id of the route
     */
    LandingProducer(LandingEndpoint endpoint, BiFunction<String, String, LandingConfiguration> landing) {
        super(endpoint);
        this.landing = landing;
    }

    @Override
    public void process(Exchange exchange) {
        RecordBatch batch = RecordBatch.in(exchange, "landing:");
        String routeId = exchange.getFromRouteId();
        batch.sink(
                        PartitionLander.class,
                        first -> PartitionLander.open(
                                first, landing.apply(first.partition().topic(), routeId)))
                .append(batch);
    }
}
