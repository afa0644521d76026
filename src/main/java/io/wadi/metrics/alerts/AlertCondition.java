package io.wadi.metrics.alerts;

/**
 * A threshold with hysteresis.
 *
 * @param above whether values above the threshold raise the alert, otherwise those below; both exclusive
 * @param resolveAt the value, inclusive, at which a firing alert begins to resolve; equal to the threshold without
 *     hysteresis
 */
record AlertCondition(boolean above, double threshold, double resolveAt) {
    /** Whether the value is beyond the threshold, or, where the alert is firing, not yet back at {@code resolveAt}. */
    boolean isCrossed(double value, boolean firing) {
        double limit = firing ? resolveAt : threshold;
        return above ? value > limit : value < limit;
    }
}
