package io.wadi.extension.cards;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A rule that raises an alert independently of the model. */
public enum Rule {
    /** The amount exceeds a limit. */
    AMOUNT(Feature.AMOUNT),
    /** The number of payments in ten minutes exceeds a limit. */
    VELOCITY(Feature.PAYMENTS_10M),
    /** The speed needed to travel from the last location exceeds a limit. */
    DISTANCE(Feature.SPEED_KMH),
    /** The card, which was used at least ten times before, is used in a new country that is not its home country. */
    ABROAD(Feature.COUNTRY_NEW);

    private static final int KNOWN_CARD = 10;

    private final Feature feature;

    Rule(Feature feature) {
        this.feature = feature;
    }

    /**
     * The enabled rules and their limits.
     *
     * @param amount the maximum amount
     * @param payments the maximum number of payments in ten minutes
     * @param speed the maximum speed in km/h
     */
    public record Limits(Set<Rule> rules, double amount, long payments, double speed) {

        /** Returns the rules that a payment with these features violates, in their order. */
        public List<Rule> brokenBy(double[] features) {
            List<Rule> broken = List.of();
            for (Rule each : rules) {
                if (breaks(each, features)) {
                    broken = broken.isEmpty() ? new ArrayList<>() : broken;
                    broken.add(each);
                }
            }
            return broken;
        }

        private boolean breaks(Rule rule, double[] features) {
            double found = rule.feature.of(features);
            return switch (rule) {
                case AMOUNT -> found > amount;
                case VELOCITY -> found > payments;
                case DISTANCE -> found > speed;
                case ABROAD -> found > 0 && Feature.ABROAD.of(features) > 0 && Feature.KNOWN.of(features) >= KNOWN_CARD;
            };
        }
    }

    /** Returns the name in settings and alerts. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Feature feature() {
        return feature;
    }
}
