package io.wadi.runtime.shutdown;

import java.time.Duration;

/**
 * The timeouts of a shutdown.
 *
 * @param pause how long the routes keep running after readiness is down, so that load balancers stop sending requests
 * @param phaseWithin the timeout of each phase
 * @param within the timeout of all phases together, without the pause
 */
public record StopOptions(Duration pause, Duration phaseWithin, Duration within) {}
