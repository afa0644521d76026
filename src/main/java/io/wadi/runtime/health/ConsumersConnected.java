package io.wadi.runtime.health;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckAware;

/** A check that the routes' consumers report themselves ready, for consumers with a health check such as Kafka's. */
public final class ConsumersConnected implements Prober.Probe {
    private final CamelContext context;

    public ConsumersConnected(CamelContext context) {
        this.context = context;
    }

    @Override
    public CheckResult check() {
        List<String> faults = new ArrayList<>();
        int ready = 0;
        for (Route route : context.getRoutes()) {
            if (route.getConsumer() instanceof HealthCheckAware aware && aware.getHealthCheck() != null) {
                HealthCheck.Result result = aware.getHealthCheck().call();
                if (result.getState() == HealthCheck.State.DOWN) {
                    faults.add(route.getRouteId() + ": " + result.getMessage().orElse("not ready"));
                } else {
                    ready++;
                }
            }
        }
        return faults.isEmpty()
                ? CheckResult.proof(ready + " consumers are connected")
                : CheckResult.fault(String.join("; ", faults));
    }
}
