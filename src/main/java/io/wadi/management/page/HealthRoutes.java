package io.wadi.management.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.wadi.runtime.health.RoutesStarted;
import io.wadi.runtime.http.JsonResponse;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/**
 * The endpoint for startup probes on the management port, in addition to Camel's liveness and readiness. The status is
 * 200 once all routes are started; until then, and until this route is started, it is 503.
 */
public final class HealthRoutes extends RouteBuilder {
    @Override
    public void configure() {
        from("management:/observe/health/started?httpMethodRestrict=GET")
                .routeId("health-started")
                .process(HealthRoutes::respond);
    }

    private static void respond(Exchange exchange) throws JsonProcessingException {
        boolean isStarted = RoutesStarted.isOver(exchange.getContext());
        JsonResponse.write(exchange, isStarted ? 200 : 503, Map.of("status", isStarted ? "UP" : "DOWN"));
    }
}
