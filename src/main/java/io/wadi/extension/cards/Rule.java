package io.wadi.extension.cards;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A rule that raises an alert independently of the model. */
public enum Rule {
    /** More than an amount. */
    AMOUNT(Feature.AMOUNT),
    /** More payments in ten minutes than a limit. */
    VELOCITY(Feature.PAYMENTS_10M),
    /** Farther from the last place than anyone travels in the time between. */
    DISTANCE(Feature.SPEED_KMH),
    /** In a country where the card was not used before, which is not its own; once it has been used ten times. */
    ABROAD(Feature.COUNTRY_NEW);

    private static final int KNOWN_CARD = 10;

    private final Feature feature;

    Rule(Feature feature) {
        this.feature = feature;
    }

    /**
     * The enabled rules and their limits.
     *
     * @param amount at most
     * @param payments in ten minutes at most
     * @param speed in km/h at most
     */
    public record Limits(Set<Rule> rules, double amount, long payments, double speed) {

        /** The rules that a payment breaks, by its features, in their order. */
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

    /** The name in settings and alerts. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Feature feature() {
        return feature;
    }
}
