package io.wadi.kafka;

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

/** Says what went wrong without the wrapping that executors and exchanges put around it. */
public final class Causes {
    private static final int LONGEST = 600;

    private Causes() {}

    /** The cause under the wrapping. */
    public static Throwable unwrap(Throwable error) {
        Throwable cause = error;
        while (isWrapping(cause) && cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The first of an error and its causes that is of this type. */
    public static <T extends Throwable> Optional<T> among(Throwable error, Class<T> type) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }

    /** The last of the causes. */
    public static Throwable innermost(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause;
    }

    /**
     * The cause's name and the first line of its message, at most 600 characters; with a bare {@link KafkaException}, which says what
     * was tried, also why that failed, and where Kafka and its client do not let each other in, the settings that this comes from.
     */
    public static String inShort(Throwable error) {
        String text = said(unwrap(error));
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }

    /**
     * Why something could not be started or done, for a person: the mistakes in the settings, a line each, or why Kafka refuses
     * the login, or the innermost cause in a line.
     */
    public static String reason(Throwable error) {
        return among(error, SettingsException.class)
                .map(Throwable::getMessage)
                .orElseGet(() -> inShort(among(error, AuthenticationException.class)
                        .<Throwable>map(refused -> refused)
                        .orElseGet(() -> innermost(error))));
    }

    private static String said(Throwable cause) {
        String text = cause.getClass().getSimpleName() + firstLine(cause) + whereToLook(cause);
        if (cause.getClass() != KafkaException.class || cause.getCause() == null) {
            return text;
        }
        Throwable under = unwrap(cause.getCause());
        if (cause.getCause().toString().equals(cause.getMessage())) {
            return said(under);
        }
        boolean hasSaidIt = under.getMessage() != null && text.contains(under.getMessage());
        return hasSaidIt ? text : text + ": " + said(under);
    }

    private static String firstLine(Throwable cause) {
        return cause.getMessage() == null
                ? ""
                : ": " + cause.getMessage().lines().findFirst().orElse("");
    }

    private static String whereToLook(Throwable cause) {
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
