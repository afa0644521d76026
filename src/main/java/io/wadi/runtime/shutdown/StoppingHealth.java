package io.wadi.runtime.shutdown;

import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** A readiness check that is down while the process is stopping. */
final class StoppingHealth extends AbstractHealthCheck {
    private final BooleanSupplier stopping;

    StoppingHealth(BooleanSupplier stopping) {
        super("wadi", "wadi-stopping");
        this.stopping = stopping;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        if (stopping.getAsBoolean()) {
            builder.message("Wadi is stopping").down();
        } else {
            builder.up();
        }
    }
}
