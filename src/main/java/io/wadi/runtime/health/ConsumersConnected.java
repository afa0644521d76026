package io.wadi.runtime.health;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckAware;

/**
 * A check that the routes' consumers are ready, for consumers with a health check, such as Kafka's. It also checks that
 * their polls do not fail: Camel reports a consumer that reconnects after each failure as ready.
 *
 * @param pollFailures returns the reason why the polls of a route fail; empty if they succeed
 */
public record ConsumersConnected(CamelContext context, Function<String, Optional<String>> pollFailures)
        implements Prober.Probe {
    @Override
    public CheckResult check() {
        List<String> faults = new ArrayList<>();
        int ready = 0;
        for (Route route : context.getRoutes()) {
            if (route.getConsumer() instanceof HealthCheckAware aware && aware.getHealthCheck() != null) {
                Optional<String> fault =
                        pollFailures.apply(route.getRouteId()).or(() -> notReady(aware.getHealthCheck()));
                if (fault.isPresent()) {
                    faults.add(route.getRouteId() + ": " + fault.get());
                } else {
                    ready++;
                }
            }
        }
        return faults.isEmpty()
                ? CheckResult.proof(ready + " consumers are connected")
                : CheckResult.fault(String.join("; ", faults));
    }

    private static Optional<String> notReady(HealthCheck check) {
        HealthCheck.Result result = check.call();
        return result.getState() == HealthCheck.State.DOWN
                ? Optional.of(result.getMessage().orElse("not ready"))
                : Optional.empty();
    }
}
