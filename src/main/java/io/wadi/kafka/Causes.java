package io.wadi.kafka;

import io.wadi.runtime.config.Excerpt;
import io.wadi.runtime.config.SettingsException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.camel.CamelExchangeException;
import org.apache.camel.CamelExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;

/** Descriptions of exceptions without the wrappers that executors and exchanges add. */
public final class Causes {
    private static final int MAX_LENGTH = 600;

    private Causes() {}

    /** Returns the first cause that is not a wrapper. */
    public static Throwable unwrap(Throwable error) {
        Throwable cause = error;
        while (isWrapping(cause) && cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Returns the first exception of this type among an error and its causes. */
    public static <T extends Throwable> Optional<T> among(Throwable error, Class<T> type) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }

    public static Throwable innermost(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause;
    }

    /**
     * Returns the unwrapped cause's class name and the first line of its message, at most 600 characters. A plain
     * {@link KafkaException} names only the operation, so its own cause is added; authentication errors name the
     * settings to check.
     */
    public static String inShort(Throwable error) {
        return Excerpt.of(describe(unwrap(error)), MAX_LENGTH);
    }

    /**
     * Returns the reason why a start or an operation failed, for operators: the invalid settings, one per line;
     * otherwise Kafka's reason for rejecting the authentication; otherwise the innermost cause.
     */
    public static String reason(Throwable error) {
        return among(error, SettingsException.class)
                .map(Throwable::getMessage)
                .orElseGet(() -> inShort(among(error, AuthenticationException.class)
                        .<Throwable>map(rejected -> rejected)
                        .orElseGet(() -> innermost(error))));
    }

    private static String describe(Throwable cause) {
        String text = cause.getClass().getSimpleName() + firstLine(cause) + hint(cause);
        if (cause.getClass() != KafkaException.class || cause.getCause() == null) {
            return text;
        }
        Throwable under = unwrap(cause.getCause());
        if (cause.getCause().toString().equals(cause.getMessage())) {
            return describe(under);
        }
        boolean isRepeated = under.getMessage() != null && text.contains(under.getMessage());
        return isRepeated ? text : text + ": " + describe(under);
    }

    private static String firstLine(Throwable cause) {
        return cause.getMessage() == null
                ? ""
                : ": " + cause.getMessage().lines().findFirst().orElse("");
    }

    private static String hint(Throwable cause) {
        if (cause instanceof SslAuthenticationException) {
            Throwable last = innermost(cause);
            return (last == cause ? "" : firstLine(last)) + "; see camel.component.kafka.ssl-*";
        }
        return cause instanceof SaslAuthenticationException ? "; see camel.component.kafka.sasl-*" : "";
    }

    private static boolean isWrapping(Throwable error) {
        return error instanceof ExecutionException
                || error instanceof CompletionException
                || error instanceof CamelExecutionException
                || error instanceof CamelExchangeException;
    }
}
