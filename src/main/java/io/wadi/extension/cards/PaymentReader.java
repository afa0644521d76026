package io.wadi.extension.cards;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.wadi.format.JsonParsers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;

/** A reusable parser of payments in JSON that skips unknown fields. Not thread-safe. */
public final class PaymentReader {
    private static final JsonParsers JSON = new JsonParsers(JsonFactory.builder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .build());
    private static final int MAX_TEXT_LENGTH = 200;

    private String id;
    private String card;
    private String country;
    private String category;
    private long at;
    private double amount;
    private boolean online;
    private double latitude;
    private double longitude;

    /**
     * Parses one payment.
     *
     * @throws InvalidPaymentException if the bytes are not one JSON object, or a field is missing or out of its range
     */
    public Payment read(byte[] json) throws InvalidPaymentException {
        try {
            return JSON.parse(ByteBuffer.wrap(json), this::read);
        } catch (IOException e) {
            throw new InvalidPaymentException(
                    "not JSON: " + e.getMessage().lines().findFirst().orElse(""));
        }
    }

    private Payment read(JsonParser parser) throws IOException, InvalidPaymentException {
        reset();
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new InvalidPaymentException("expected a JSON object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            take(name, parser);
        }
        if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
            throw new InvalidPaymentException("found data after the payment's object, expected the end");
        }
        return checked();
    }

    /**
     * Parses one payment and rejects it if its time is after a limit.
     *
     * @param latest the limit, in milliseconds since 1970
     * @throws InvalidPaymentException also for a payment after the limit
     */
    public Payment read(byte[] json, long latest) throws InvalidPaymentException {
        Payment payment = read(json);
        if (payment.at() > latest) {
            throw new InvalidPaymentException("at \"/at\": found %s, expected up to %s: the sender's clock is ahead"
                    .formatted(Instant.ofEpochMilli(payment.at()), Instant.ofEpochMilli(latest)));
        }
        return payment;
    }

    private void reset() {
        id = null;
        card = null;
        country = null;
        category = "";
        at = Long.MIN_VALUE;
        amount = Double.NaN;
        online = false;
        latitude = Double.NaN;
        longitude = Double.NaN;
    }

    private void take(String name, JsonParser parser) throws IOException, InvalidPaymentException {
        switch (name) {
            case "id" -> id = text(name, parser);
            case "card" -> card = text(name, parser);
            case "country" -> country = text(name, parser);
            case "category" -> category = text(name, parser);
            case "at" -> at = time(parser);
            case "amount" -> amount = number(name, parser);
            case "lat" -> latitude = number(name, parser);
            case "lon" -> longitude = number(name, parser);
            case "online" -> online = flag(parser);
            default -> parser.skipChildren();
        }
    }

    private static String text(String name, JsonParser parser) throws IOException, InvalidPaymentException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new InvalidPaymentException("at \"/%s\": found %s, expected a string".formatted(name, found(parser)));
        }
        String text = parser.getText();
        if (text.isEmpty() || text.length() > MAX_TEXT_LENGTH) {
            throw new InvalidPaymentException("at \"/%s\": found %d characters, expected 1 to %d"
                    .formatted(name, text.length(), MAX_TEXT_LENGTH));
        }
        return text;
    }

    private static double number(String name, JsonParser parser) throws IOException, InvalidPaymentException {
        if (!parser.currentToken().isNumeric()) {
            throw new InvalidPaymentException("at \"/%s\": found %s, expected a number".formatted(name, found(parser)));
        }
        return parser.getDoubleValue();
    }

    private static boolean flag(JsonParser parser) throws IOException, InvalidPaymentException {
        if (!parser.currentToken().isBoolean()) {
            throw new InvalidPaymentException(
                    "at \"/online\": found %s, expected true or false".formatted(found(parser)));
        }
        return parser.getBooleanValue();
    }

    private static long time(JsonParser parser) throws IOException, InvalidPaymentException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return parser.getLongValue();
        }
        String text = text("at", parser);
        try {
            return InstantText.millis(text);
        } catch (DateTimeException | ArithmeticException e) {
            throw new InvalidPaymentException(
                    "at \"/at\": found \"%s\", expected a time such as 2026-11-20T12:34:56.789Z or milliseconds since 1970"
                            .formatted(text));
        }
    }

    private static String found(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return token.isStructStart() ? "an object or array" : token == JsonToken.VALUE_NULL ? "null" : parser.getText();
    }

    private Payment checked() throws InvalidPaymentException {
        requirePresent(id != null, "id");
        requirePresent(card != null, "card");
        requirePresent(at != Long.MIN_VALUE, "at");
        requirePresent(!Double.isNaN(amount), "amount");
        requirePresent(country != null, "country");
        require(at > 0 && at < CardHistory.LATEST, "at", at, "a time from 1970 to 2200");
        require(amount >= 0.001 && amount < 1e9, "amount", amount, "from 0.001 to below 1,000,000,000");
        require(isCountry(country), "country", country, "two capital letters");
        if (Double.isNaN(latitude) != Double.isNaN(longitude)) {
            throw new InvalidPaymentException("found one of /lat and /lon, expected both or none");
        }
        require(!(Math.abs(latitude) > 90), "lat", latitude, "from -90 to 90");
        require(!(Math.abs(longitude) > 180), "lon", longitude, "from -180 to 180");
        return new Payment(id, card, at, amount, country, category, online, latitude, longitude);
    }

    private static boolean isCountry(String text) {
        return text.length() == 2 && isCapital(text.charAt(0)) && isCapital(text.charAt(1));
    }

    private static boolean isCapital(char letter) {
        return letter >= 'A' && letter <= 'Z';
    }

    private static void requirePresent(boolean isPresent, String name) throws InvalidPaymentException {
        if (!isPresent) {
            throw new InvalidPaymentException("/" + name + " is missing");
        }
    }

    private static void require(boolean holds, String name, Object found, String allowed)
            throws InvalidPaymentException {
        if (!holds) {
            throw new InvalidPaymentException("at \"/%s\": found %s, expected %s".formatted(name, found, allowed));
        }
    }
}
