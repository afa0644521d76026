package io.wadi.extension.cards;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The features of a payment and its card's history, both including the payment itself unless stated otherwise, in the
 * order of {@link CardHistory#take}. The meaning of a feature must not change, because models refer to features by
 * name.
 */
public enum Feature {
    AMOUNT("amount", "the amount"),
    AMOUNT_UNUSUAL("amount-unusual", "the amount's logarithm, in standard deviations above the card's mean"),
    PAYMENTS_10M("payments-10m", "payments in the 10 minutes up to this one"),
    PAYMENTS_1H("payments-1h", "payments in the hour up to this one"),
    PAYMENTS_1D("payments-1d", "payments in the 24 hours up to this one, at most 32"),
    SPENT_1D("spent-1d", "amount spent in these 24 hours, as a multiple of the card's usual amount"),
    SPENT_1H("spent-1h", "amount spent in the hour up to this one, as a multiple of the card's usual amount"),
    SMALL_1H("small-1h", "payments below 5 in the hour up to this one"),
    MINUTES_SINCE("minutes-since", "minutes since the previous payment, at most 43,200; 43,200 for the first payment"),
    DISTANCE_KM("distance-km", "kilometers from the last location of the card"),
    SPEED_KMH("speed-kmh", "km/h needed to travel from that location, at most 20,000; 0 below 50 km"),
    ABROAD("abroad", "1 outside of the country where the card is used most"),
    COUNTRY_NEW("country-new", "1 in a country where the card was not used before"),
    CATEGORY_NEW("category-new", "1 at a merchant category where the card was not used before"),
    ONLINE("online", "1 if the card was not present"),
    ONLINE_UNUSUAL(
            "online-unusual", "1 minus the share of the card's recent payments that were online or not, as this one"),
    HOUR_UNUSUAL("hour-unusual", "from 0 at the card's usual hours to 2 at the opposite ones"),
    KNOWN("known", "payments of the card before this one, at most 100");

    private static final List<Feature> ALL = List.of(values());

    private final String label;
    private final String meaning;

    Feature(String label, String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    /** Returns the name in models, alerts and tables. */
    public String label() {
        return label;
    }

    /** Returns a description with the unit. */
    public String meaning() {
        return meaning;
    }

    public static Optional<Feature> labelled(String label) {
        return ALL.stream().filter(each -> each.label.equals(label)).findFirst();
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(Feature::label).toList();
    }

    /** Returns the index in arrays of feature values. */
    @SuppressWarnings("EnumOrdinal") // indexes are not stored: models refer to features by name
    public int place() {
        return ordinal();
    }

    /** Returns this feature's value from an array of all values. */
    public double of(double[] values) {
        return values[place()];
    }
}
