package io.wadi.kafka.client;

/** Thrown if none of the bootstrap servers' names can be resolved, which may be temporary. */
public final class UnresolvedBrokersException extends RuntimeException {
    UnresolvedBrokersException(String message) {
        super(message);
    }
}
