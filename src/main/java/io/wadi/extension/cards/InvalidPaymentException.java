package io.wadi.extension.cards;

/** Says what is wrong with a payment, what was found and what is allowed. */
public final class InvalidPaymentException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidPaymentException(String message) {
        super(message);
    }
}
