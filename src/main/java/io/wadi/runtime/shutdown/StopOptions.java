package io.wadi.runtime.shutdown;

import java.time.Duration;

/**
 * The timeouts of a shutdown.
 *
 * @param pause how long the routes keep running after readiness is down, so that load balancers stop sending requests
 * @param phaseWithin timeout of each phase
 * @param within timeout of all phases and of closing resources, without the pause
 */
public record StopOptions(Duration pause, Duration phaseWithin, Duration within) {}
