package io.wadi.runtime.shutdown;

import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Takes the process out of service from the beginning of its stop on. It stays alive meanwhile. */
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
