package io.wadi.extension.cards;

/**
 * A payment by card.
 *
 * @param id the identifier, also used by chargebacks
 * @param card a token for the card, never its number
 * @param at the time in milliseconds since 1970
 * @param amount in the card's currency, above 0
 * @param country two capital letters
 * @param category the merchant category, such as {@code grocery}
 * @param online whether the card was not present
 * @param latitude in degrees; NaN if unknown
 * @param longitude in degrees; NaN if unknown
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

    public boolean isLocated() {
        return !Double.isNaN(latitude);
    }
}
