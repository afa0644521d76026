package io.wadi.extension.cards.generate;

import io.wadi.extension.cards.Payment;
import java.time.Instant;
import java.util.Locale;

/**
 * A payment that was never made.
 *
 * @param isFraud what is true of it
 * @param isReported whether its holder will say that it was none of his, who now and then does not, or errs
 */
public record GeneratedPayment(Payment payment, boolean isFraud, boolean isReported) {

    /** As it comes in: JSON, the card's token first. */
    public String json() {
        StringBuilder json = new StringBuilder(220)
                .append("{\"id\":\"")
                .append(payment.id())
                .append("\",\"card\":\"")
                .append(payment.card())
                .append("\",\"at\":\"")
                .append(Instant.ofEpochMilli(payment.at()))
                .append("\",\"amount\":")
                .append(payment.amount())
                .append(",\"country\":\"")
                .append(payment.country())
                .append("\",\"category\":\"")
                .append(payment.category())
                .append("\",\"online\":")
                .append(payment.online());
        if (payment.isLocated()) {
            json.append(
                    String.format(Locale.ROOT, ",\"lat\":%.4f,\"lon\":%.4f", payment.latitude(), payment.longitude()));
        }
        return json.append('}').toString();
    }

    /** What its holder says of it. */
    public String chargeback() {
        return "{\"payment\":\"%s\",\"card\":\"%s\"}".formatted(payment.id(), payment.card());
    }
}
