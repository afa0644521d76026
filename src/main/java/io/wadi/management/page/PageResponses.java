package io.wadi.management.page;

import io.wadi.kafka.Causes;
import io.wadi.runtime.QueryParameters;
import io.wadi.runtime.http.JsonResponse;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RetriableException;

/** Writes the responses of the page's API: JSON, or {@code {"error": message}} with the status of the error. */
final class PageResponses {

    private PageResponses() {}

    @FunctionalInterface
    interface Handler {
        /**
         * Returns a value that is serializable as JSON.
         *
         * @throws IllegalArgumentException if the request is invalid; the response is 400 with the message
         * @throws NotFoundException if a name is unknown; the response is 404 with the message
         * @throws BusyException if the client should retry; the response is 503 with the message
         * @throws KafkaException if Kafka rejects the request (502, or 400 for an invalid topic) or does not respond
         *     (503)
         */
        Object handle(Message request) throws Exception;
    }

    /** Thrown if too many requests are running or a server does not respond; the client should retry. */
    static final class BusyException extends Exception {
        BusyException(String message) {
            super(message);
        }
    }

    static final class NotFoundException extends Exception {
        NotFoundException(String message) {
            super(message);
        }
    }

    /**
     * Returns a processor that responds with the result of a handler, and with 400 to a query with other parameters
     * than these.
     */
    static Processor with(Handler handler, String... parameters) {
        return exchange -> {
            try {
                QueryParameters.requireKnown(exchange.getMessage(), List.of(parameters));
                JsonResponse.write(exchange, 200, handler.handle(exchange.getMessage()));
            } catch (IllegalArgumentException | InvalidTopicException e) {
                JsonResponse.error(exchange, 400, e.getMessage());
            } catch (NotFoundException e) {
                JsonResponse.error(exchange, 404, e.getMessage());
            } catch (BusyException e) {
                JsonResponse.error(exchange, 503, e.getMessage());
            } catch (KafkaException e) {
                if (isRejection(e)) {
                    JsonResponse.error(exchange, 502, "Kafka has rejected the request: " + Causes.inShort(e));
                } else {
                    JsonResponse.error(exchange, 503, "Kafka does not respond: " + Causes.inShort(e));
                }
            }
        };
    }

    /** Returns whether Kafka has responded with an error that a retry does not resolve. */
    private static boolean isRejection(KafkaException failure) {
        return Causes.among(failure, ApiException.class)
                .filter(each -> !(each instanceof RetriableException))
                .isPresent();
    }

    /** Limits the concurrent requests of a handler. The response to others is 503 with the message {@code busy}. */
    static Handler limited(Semaphore permits, String busy, Handler handler) {
        return request -> {
            if (!permits.tryAcquire()) {
                throw new BusyException(busy);
            }
            try {
                return handler.handle(request);
            } finally {
                permits.release();
            }
        };
    }

    /**
     * Returns a parameter of the query; null if it is missing.
     *
     * @param expected the expected value, for the message
     * @throws IllegalArgumentException if the parameter is empty: as a missing one, it would select everything
     */
    static String text(Message request, String name, String expected) {
        String text = QueryParameters.value(request, name);
        if (text != null && text.isEmpty()) {
            throw new IllegalArgumentException("Invalid value '' for " + name + ": expected " + expected);
        }
        return text;
    }

    /**
     * Returns a parameter as a number; null if it is missing.
     *
     * @throws IllegalArgumentException if the parameter is not a number
     */
    static <N extends Number> N number(Message request, String name, Class<N> type) {
        String text = text(request, name, "an integer");
        N value = text == null
                ? null
                : request.getExchange().getContext().getTypeConverter().tryConvertTo(type, text);
        if (value == null && text != null) {
            throw new IllegalArgumentException("Invalid value '" + text + "' for " + name + ": expected an integer");
        }
        return value;
    }

    /**
     * Returns a parameter from 1 to {@code max}, or the default if it is missing.
     *
     * @throws IllegalArgumentException if the parameter is not a number or out of range
     */
    static int number(Message request, String name, int defaultValue, int max) {
        Integer value = number(request, name, Integer.class);
        if (value != null && (value < 1 || value > max)) {
            throw new IllegalArgumentException("Invalid value %d for %s: expected 1 to %d".formatted(value, name, max));
        }
        return value == null ? defaultValue : value;
    }
}
