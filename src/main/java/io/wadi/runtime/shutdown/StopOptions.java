package io.wadi.runtime.shutdown;

import java.time.Duration;

/**
 * How long stopping may take.
 *
 * @param pause how long everything goes on once readiness is down, so that load balancers can turn away
 * @param phaseWithin how long each phase may take
 * @param within how long all phases may take, and what is closed after them; the pause comes before
 */
public record StopOptions(Duration pause, Duration phaseWithin, Duration within) {}
