package io.wadi.runtime.health;

import java.time.Duration;

/**
 * How long something has to last until it counts.
 *
 * @param downAfter a fault, until what was up is down
 * @param upAfter well-being, until what was down is up
 * @param every the pause between two looks
 * @param answerWithin a look, until having no answer is a fault
 */
public record HealthThresholds(Duration downAfter, Duration upAfter, Duration every, Duration answerWithin) {}
