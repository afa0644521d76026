package io.wadi.kafka;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.camel.CamelExchangeException;
import org.apache.camel.CamelExecutionException;

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

    /** The cause's name and the first line of its message, at most 600 characters. */
    public static String inShort(Throwable error) {
        Throwable cause = unwrap(error);
        String message = cause.getMessage() == null
                ? ""
                : ": " + cause.getMessage().lines().findFirst().orElse("");
        String text = cause.getClass().getSimpleName() + message;
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }

    private static boolean isWrapping(Throwable error) {
        return error instanceof ExecutionException
                || error instanceof CompletionException
                || error instanceof CamelExecutionException
                || error instanceof CamelExchangeException;
    }
}
