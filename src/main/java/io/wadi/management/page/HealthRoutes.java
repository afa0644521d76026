package io.wadi.management.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.runtime.health.RoutesStarted;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/**
 * The endpoint for startup probes on the management port, in addition to Camel's liveness and readiness: 200 once all routes
 * are started, else 503; 404 until this route is started.
 */
public final class HealthRoutes extends RouteBuilder {
    @Override
    public void configure() {
        from("management:/observe/health/started?httpMethodRestrict=GET")
                .routeId("health-started")
                .process(HealthRoutes::answer);
    }

    private static void answer(Exchange exchange) {
        boolean isStarted = RoutesStarted.isOver(exchange.getContext());
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, isStarted ? 200 : 503);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setHeader("Cache-Control", "no-store");
        exchange.getMessage().setBody((isStarted ? "{\"status\":\"UP\"}" : "{\"status\":\"DOWN\"}").getBytes(UTF_8));
    }
}
