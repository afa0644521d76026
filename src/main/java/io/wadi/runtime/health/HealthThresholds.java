package io.wadi.runtime.health;

import java.time.Duration;

/**
 * Interval, timeout and thresholds of health checks.
 *
 * @param downAfter how long faults must last until an up state changes to down
 * @param upAfter how long proofs must last until a down state changes to up
 * @param every the interval between two checks
 * @param answerWithin the timeout of a check
 */
public record HealthThresholds(Duration downAfter, Duration upAfter, Duration every, Duration answerWithin) {}
