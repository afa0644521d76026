package io.wadi.runtime.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicy;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.RoutePolicy;
import org.junit.jupiter.api.Test;

class RouteMetersTest {
    @Test
    void kafkaAndIngestRoutes_doNotUseCamelsPolicy() throws Exception {
        RouteMeters policies = new RouteMeters(new SimpleMeterRegistry());
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            assertThat(policies.createRoutePolicy(camel, "events", new RouteDefinition("platform-http:/events")))
                    .isNull();
            for (String uri : new String[] {"kafka", "kafka:orders"}) {
                assertThat(policies.createRoutePolicy(camel, "landing", new RouteDefinition(uri)))
                        .isNotNull()
                        .isNotInstanceOf(MicrometerRoutePolicy.class);
            }
            assertThat(policies.createRoutePolicy(camel, "bulk", new RouteDefinition("direct:bulk")))
                    .isInstanceOf(MicrometerRoutePolicy.class);
        }
    }

    @Test
    void kafkaRoute_hasCountersFromItsStartToItsRemoval() throws Exception {
        MeterRegistry meters = new SimpleMeterRegistry();
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            RoutePolicy policy =
                    new RouteMeters(meters).createRoutePolicy(camel, "export", new RouteDefinition("kafka:orders"));
            assertThat(meters.getMeters()).isEmpty();

            policy.onStart(null);
            assertThat(meters.getMeters()).hasSize(3);

            policy.onRemove(null);

            assertThat(meters.getMeters()).isEmpty();
        }
    }

    /** Uses the exposed registry, which rejects meters with one name and different tags. */
    @Test
    void otherRoutes_haveATimer_andCountersWithTheSameTagsAsKafkaRoutes() throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:a").routeId("a").process(exchange -> {
                        if (exchange.getMessage().getBody() == null) {
                            throw new IllegalStateException("of this test");
                        }
                    });
                }
            });
            camel.start();
            try (var template = camel.createProducerTemplate()) {
                template.send("direct:a", exchange -> exchange.getMessage().setBody("x"));
                template.send("direct:a", exchange -> {});
            }

            MeterRegistry meters = camel.getRegistry().findSingleByType(MeterRegistry.class);
            new RouteMeters(meters)
                    .createRoutePolicy(camel, "landing", new RouteDefinition("kafka:orders"))
                    .onStart(null);
            Map<String, String> tags = Map.of("kind", "CamelRoute", "routeId", "a");
            assertThat(meters.get("camel.route.policy")
                            .tag("routeId", "a")
                            .timer()
                            .count())
                    .isEqualTo(2);
            assertThat(count(meters, "camel.exchanges.total", tags)).isEqualTo(2);
            assertThat(count(meters, "camel.exchanges.failed", tags)).isEqualTo(1);
            assertThat(count(meters, "camel.exchanges.total", Map.of("routeId", "landing")))
                    .isZero();
            assertThat(meters.find("camel.exchanges.succeeded").counters()).isEmpty();
        }
    }

    private static double count(MeterRegistry meters, String name, Map<String, String> tags) {
        var counter = meters.get(name);
        tags.forEach(counter::tag);
        return counter.counter().count();
    }
}
