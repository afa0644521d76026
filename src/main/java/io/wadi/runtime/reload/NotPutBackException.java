package io.wadi.runtime.reload;

/** Neither what was to come runs, nor what was before. */
final class NotPutBackException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotPutBackException(String message, Throwable cause) {
        super(message, cause);
    }
}
