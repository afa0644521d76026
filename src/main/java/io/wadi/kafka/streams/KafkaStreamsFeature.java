package io.wadi.kafka.streams;

import io.wadi.kafka.records.Masking;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.ReadLimit;
import io.wadi.runtime.config.WadiSettings;

/** Kafka Streams topologies as routes: the component {@code streams:}, and queries of their tables over HTTP. */
public final class KafkaStreamsFeature implements Feature {
    @Override
    public void bind(FeatureContext context) {
        StreamsComponent component = new StreamsComponent(
                context.kafka(),
                new StreamsComponent.Options(
                        context.get(WadiSettings.STREAMS_STATE_DIRECTORY),
                        context.get(WadiSettings.STREAMS_ADVERTISED_ADDRESS),
                        context.healthThresholds(),
                        context.get(WadiSettings.HEALTH_STALL_TIMEOUT)));
        context.bind("streams", component);
        context.bind(
                "table-routes",
                new TableRoutes(
                        component.tables(),
                        Masking.of(context.get(WadiSettings.MANAGEMENT_MASKED_FIELDS)),
                        context.provided(ReadLimit.class)));
        context.usesKafka(StreamsEndpoint.class::isInstance);
    }
}
