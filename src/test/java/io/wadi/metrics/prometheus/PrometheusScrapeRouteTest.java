package io.wadi.metrics.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Test;

/** The route by itself: targets are scraped and sent to a mock of Kafka. */
class PrometheusScrapeRouteTest extends CamelTestSupport {
    private static final String TARGETS = "web-01=one:9100,web-02=two:9100,web-03=three:9100";

    @Override
    public boolean isUseAdviceWith() {
        return true;
    }

    @Override
    protected Properties useOverridePropertiesWithPropertiesComponent() {
        Properties settings = new Properties();
        settings.setProperty("wadi.prometheus.interval", "1s");
        settings.setProperty("wadi.metrics.topic", "metric.all");
        return settings;
    }

    private MockEndpoint start(String targets) throws Exception {
        CamelContext camel = context();
        PluginHelper.getRoutesLoader(camel)
                .loadRoutes(ResourceHelper.resolveResource(camel, "file:routes/errors.camel.yaml"));
        camel.getRegistry().bind("dead-letters", (Processor) exchange -> {});
        camel.addRoutes(new PrometheusScrapeRoute(
                PrometheusTarget.parse("targets", targets), PrometheusScrapeRouteTest::scrape));
        if (!targets.isEmpty()) {
            AdviceWith.adviceWith(camel, "prometheus-scrape", route -> {
                route.replaceFromWith("direct:tick");
                route.weaveById("scraped-to-metrics").replace().to("mock:kafka");
            });
        }
        camel.start();
        return getMockEndpoint("mock:kafka");
    }

    private static void scrape(Exchange exchange) {
        PrometheusTarget target = exchange.getMessage().getBody(PrometheusTarget.class);
        if (target.host().equals("web-02")) {
            throw new IllegalStateException("of this test");
        }
        exchange.getMessage().setBody(List.of(target.host()));
    }

    @Test
    void eachTarget_isScrapedAndSent_andAFailureStopsNoOther() throws Exception {
        MockEndpoint kafka = start(TARGETS);
        kafka.expectedBodiesReceivedInAnyOrder(List.of("web-01"), List.of("web-03"));

        Exchange tick = template().send("direct:tick", exchange -> {});

        kafka.assertIsSatisfied();
        assertThat(tick.getException()).as("the next tick is due").isNull();
    }

    @Test
    void withoutTargets_thereIsNoRoute() throws Exception {
        start("");

        assertThat(context().getRoutes()).isEmpty();
    }
}
