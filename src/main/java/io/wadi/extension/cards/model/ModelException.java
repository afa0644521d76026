package io.wadi.extension.cards.model;

/** Thrown for an invalid model; the message names the place, the value found and what is expected. */
public final class ModelException extends Exception {
    public ModelException(String message) {
        super(message);
    }
}
