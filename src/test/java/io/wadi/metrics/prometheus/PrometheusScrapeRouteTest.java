package io.wadi.metrics.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.RouteTestSupport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.AdviceWith;
import org.junit.jupiter.api.Test;

/** The route without Kafka: targets are scraped, and their documents are sent to a mock endpoint. */
class PrometheusScrapeRouteTest extends RouteTestSupport {
    @Override
    protected Map<String, String> settings() {
        return Map.of("wadi.prometheus.interval", "1s", "wadi.metrics.topic", "all");
    }

    private void add(String targets, Processor scrape) throws Exception {
        context().addRoutes(new PrometheusScrapeRoute(PrometheusTarget.parse("targets", targets), scrape));
    }

    private static void scrape(Exchange exchange) {
        PrometheusTarget target = exchange.getMessage().getBody(PrometheusTarget.class);
        if (target.host().equals("web-02")) {
            throw new IllegalStateException("of this test");
        }
        exchange.getMessage().setBody(List.of(target.host()));
    }

    @Test
    void eachTarget_isScrapedAndSent_despiteFailuresOfOthers() throws Exception {
        add("web-01=one:9100,web-02=two:9100,web-03=three:9100", PrometheusScrapeRouteTest::scrape);
        start("prometheus-scrape", "kafka:*");
        kafka("all").expectedBodiesReceivedInAnyOrder(List.of("web-01"), List.of("web-03"));

        Exchange tick = send(null);

        kafka("all").assertIsSatisfied();
        assertThat(tick.getException()).as("the next tick is due").isNull();
    }

    @Test
    void nextScrape_startsOnceAllTargetsAreDone() throws Exception {
        CountDownLatch scrapes = new CountDownLatch(2);
        CompletableFuture<Boolean> isNextDuringFirst = new CompletableFuture<>();
        add("web-01=one:9100", exchange -> {
            scrapes.countDown();
            isNextDuringFirst.complete(scrapes.await(2500, TimeUnit.MILLISECONDS));
            exchange.getMessage().setBody(List.of());
        });
        load("errors");
        AdviceWith.adviceWith(context(), "prometheus-scrape", advice -> advice.mockEndpointsAndSkip("kafka:*"));
        context().start();

        assertThat(isNextDuringFirst.get(1, TimeUnit.MINUTES)).isFalse();
    }

    @Test
    void withoutTargets_noRouteExists() throws Exception {
        add("", PrometheusScrapeRouteTest::scrape);

        assertThat(context.getRouteDefinitions()).isEmpty();
    }
}
