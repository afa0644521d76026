package io.wadi.metrics.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.RouteTestSupport;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;

/**
 * {@code routes/alert-notifications.camel.yaml} without servers: one request for each exchange. A failed one is not
 * repeated by the route, because its consumer sends the state of that time.
 */
class AlertNotificationsRouteTest extends RouteTestSupport {
    @Override
    protected Map<String, String> settings() {
        return Map.of();
    }

    private Exchange post(String address) {
        return template().send("direct:in", exchange -> {
            exchange.setProperty(Webhook.ADDRESS, address);
            exchange.getMessage().setBody("[{\"host\":\"web-01\"}]".getBytes(UTF_8));
        });
    }

    @Test
    void alerts_arePostedOnceToTheAddress_andFailuresAreLeftToTheConsumer() throws Exception {
        load("alert-notifications");
        start("alert-notifications", "kafka:*");
        try (Hook hook = new Hook()) {
            assertThat(post(hook.url()).getException()).isNull();
            hook.respondWith(503);
            assertThat(post(hook.url()).getException()).isInstanceOf(WebhookException.class);

            assertThat(hook.received()).extracting(Hook.Received::status).containsExactly(200, 503);
            assertThat(hook.received().get(0).hosts()).containsExactly("web-01");
        }
        assertThat(deadLetters).isEmpty();
    }
}
