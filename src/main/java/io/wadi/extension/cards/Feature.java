package io.wadi.extension.cards;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The features of a payment and its card, which include the payment itself, in the order of {@link CardHistory#take}.
 * The meaning of a feature must not change, because models refer to features by name.
 */
public enum Feature {
    AMOUNT("amount", "the amount"),
    AMOUNT_UNUSUAL("amount-unusual", "standard deviations of the card's amounts (in logarithms) above its usual one"),
    PAYMENTS_10M("payments-10m", "payments in the 10 minutes up to this one"),
    PAYMENTS_1H("payments-1h", "payments in the hour up to this one"),
    PAYMENTS_1D("payments-1d", "payments in the 24 hours up to this one, 32 at most"),
    SPENT_1D("spent-1d", "what was spent in these 24 hours, in usual amounts of the card"),
    SPENT_1H("spent-1h", "what was spent in the hour up to this one, in usual amounts of the card"),
    SMALL_1H("small-1h", "payments below 5 in the hour up to this one"),
    MINUTES_SINCE("minutes-since", "minutes since the payment before, 43,200 at most; of a first one these"),
    DISTANCE_KM("distance-km", "kilometres from the last place where the card was"),
    SPEED_KMH("speed-kmh", "how fast the card must have been to come from there, 20,000 at most; 0 below 50 km"),
    ABROAD("abroad", "1 outside of the country where the card is used most"),
    COUNTRY_NEW("country-new", "1 in a country where the card was not used before"),
    CATEGORY_NEW("category-new", "1 at a kind of merchant where the card was not used before"),
    ONLINE("online", "1 where the card was not there"),
    ONLINE_UNUSUAL(
            "online-unusual", "1 less the share of the card's recent payments that were online or not, as this one"),
    HOUR_UNUSUAL("hour-unusual", "from 0 at the card's usual hours to 2 at the opposite ones"),
    KNOWN("known", "payments of the card before this one, 100 at most");

    private static final List<Feature> ALL = List.of(values());

    private final String label;
    private final String meaning;

    Feature(String label, String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    /** The name in models, alerts and tables. */
    public String label() {
        return label;
    }

    /** A description with the unit. */
    public String meaning() {
        return meaning;
    }

    public static Optional<Feature> labelled(String label) {
        return ALL.stream().filter(each -> each.label.equals(label)).findFirst();
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(Feature::label).toList();
    }

    /** The index in arrays of feature values. */
    @SuppressWarnings("EnumOrdinal") // values are never kept: models know features by name
    public int place() {
        return ordinal();
    }

    /** Returns this feature's value from an array of all values. */
    public double of(double[] values) {
        return values[place()];
    }
}
