package io.wadi.runtime.reload;

/** Thrown if neither the changed routes nor the previous ones could be started. The rollback is retried. */
public final class RollbackFailedException extends RuntimeException {
    RollbackFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
