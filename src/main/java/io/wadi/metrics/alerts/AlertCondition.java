package io.wadi.metrics.alerts;

/**
 * When a value is a reason for an alert.
 *
 * @param above whether values above the threshold are; those below it otherwise. Both strictly
 * @param threshold where an alert begins
 * @param resolveAt where a firing alert ends: at this value, and on its other side. The threshold itself without hysteresis
 */
record AlertCondition(boolean above, double threshold, double resolveAt) {
    /** Whether the value is beyond the threshold, or, where the alert is firing, not yet back at {@code resolveAt}. */
    boolean isCrossed(double value, boolean firing) {
        double limit = firing ? resolveAt : threshold;
        return above ? value > limit : value < limit;
    }
}
