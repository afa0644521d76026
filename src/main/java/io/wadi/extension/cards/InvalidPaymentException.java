package io.wadi.extension.cards;

/** Thrown for an invalid payment; the message names the field, the value found and what is expected. */
public final class InvalidPaymentException extends Exception {
    InvalidPaymentException(String message) {
        super(message);
    }
}
