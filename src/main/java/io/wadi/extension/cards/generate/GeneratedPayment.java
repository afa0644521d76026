package io.wadi.extension.cards.generate;

import io.wadi.extension.cards.Payment;
import java.time.Instant;
import java.util.Locale;

/**
 * A generated payment.
 *
 * @param isFraud whether the payment is fraudulent
 * @param isReported whether a chargeback follows; a few chargebacks are missing or wrong
 */
public record GeneratedPayment(Payment payment, boolean isFraud, boolean isReported) {

    /** Returns the record value. */
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

    /** Returns the record value of the chargeback. */
    public String chargeback() {
        return "{\"payment\":\"%s\",\"card\":\"%s\"}".formatted(payment.id(), payment.card());
    }
}
