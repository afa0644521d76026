package io.wadi.metrics.alerts;

/**
 * A threshold with hysteresis.
 *
 * @param above whether values above the threshold raise the alert; otherwise values below it do. Both are exclusive
 * @param resolveAt the value, inclusive, at which a firing alert begins to resolve; equal to the threshold if the rule
 *     has no hysteresis
 */
record AlertCondition(boolean above, double threshold, double resolveAt) {
    /**
     * Returns whether the value is beyond the threshold or, if the alert is firing, not yet back at {@code resolveAt}.
     */
    boolean isCrossed(double value, boolean firing) {
        double limit = firing ? resolveAt : threshold;
        return above ? value > limit : value < limit;
    }
}
