package io.wadi.extension.cards.model;

/** Says why a model cannot be used: what was found where, and what is allowed. */
public final class ModelException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With the whole story. */
    public ModelException(String message) {
        super(message);
    }
}
