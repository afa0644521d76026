package io.wadi.runtime.reload;

/** Thrown if neither the changed routes nor the previous ones could be started. The rollback is retried. */
public final class RollbackFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RollbackFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
