package io.wadi.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class RoutesStartedTest {
    @Test
    void missingRoute_isDown_unlessItIsOptional() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:in").routeId("present").log("any");
                }
            });
            context.start();
            RoutesStarted check = new RoutesStarted(route -> !route.equals("stopped-on-purpose"));
            check.setCamelContext(context);
            assertThat(check.call().getState()).isEqualTo(HealthCheck.State.UP);

            context.getRegistry().bind("one", (MissingRoutes) () -> List.of("stopped-on-purpose"));
            assertThat(check.call().getState()).isEqualTo(HealthCheck.State.UP);

            context.getRegistry().bind("two", (MissingRoutes) () -> List.of("lost"));
            HealthCheck.Result down = check.call();
            assertThat(down.getState()).isEqualTo(HealthCheck.State.DOWN);
            assertThat(down.getMessage().orElseThrow()).contains("missing after a failed reload: lost;");
        }
    }
}
