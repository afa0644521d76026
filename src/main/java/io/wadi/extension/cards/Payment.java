package io.wadi.extension.cards;

/**
 * A payment by card.
 *
 * @param id names it, in chargebacks too
 * @param card a token for the card, never its number
 * @param at when it was made, in milliseconds since 1970
 * @param amount in the card's currency, above 0
 * @param country where, by two capital letters
 * @param category what kind of merchant, such as {@code grocery}
 * @param online whether the card was not there
 * @param latitude in degrees; NaN where it is not known
 * @param longitude in degrees; NaN where it is not known
 */
public record Payment(
        String id,
        String card,
        long at,
        double amount,
        String country,
        String category,
        boolean online,
        double latitude,
        double longitude) {

    /** Whether it is known where on earth it was made. */
    public boolean isLocated() {
        return !Double.isNaN(latitude);
    }
}
