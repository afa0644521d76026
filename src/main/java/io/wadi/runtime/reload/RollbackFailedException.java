package io.wadi.runtime.reload;

/** Neither what was to come runs, nor what was before. */
final class RollbackFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RollbackFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
