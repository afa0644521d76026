package io.wadi.management.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.wadi.kafka.Causes;
import io.wadi.management.JsonResponse;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RetriableException;

/** The responses of the page's API: JSON, or {@code {"error": message}} with the status of the error. */
final class PageResponses {

    private PageResponses() {}

    @FunctionalInterface
    interface Handler {
        /**
         * Returns a value that is serializable as JSON.
         *
         * @throws IllegalArgumentException for an invalid request: 400 with its message
         * @throws NotFoundException for an unknown name: 404 with its message
         * @throws BusyException if the client should retry: 503 with its message
         * @throws KafkaException if Kafka rejects a request: 502, for an invalid topic 400; if it does not answer: 503
         */
        Object handle(Message request) throws Exception;
    }

    /** Too many requests are running, or a server does not answer; the client should retry. */
    static final class BusyException extends Exception {
        private static final long serialVersionUID = 1;

        BusyException(String message) {
            super(message);
        }
    }

    static final class NotFoundException extends Exception {
        private static final long serialVersionUID = 1;

        NotFoundException(String message) {
            super(message);
        }
    }

    /** Responds with the result of the handler. */
    static Processor with(Handler handler) {
        return exchange -> {
            try {
                JsonResponse.write(exchange, 200, handler.handle(exchange.getMessage()));
            } catch (IllegalArgumentException e) {
                reject(exchange, 400, e.getMessage());
            } catch (NotFoundException e) {
                reject(exchange, 404, e.getMessage());
            } catch (BusyException e) {
                reject(exchange, 503, e.getMessage());
            } catch (InvalidTopicException e) {
                reject(exchange, 400, e.getMessage());
            } catch (KafkaException e) {
                if (isRejection(e)) {
                    reject(exchange, 502, "Kafka has rejected the request: " + Causes.inShort(e));
                } else {
                    reject(exchange, 503, "Kafka does not answer: " + Causes.inShort(e));
                }
            }
        };
    }

    /** Returns whether Kafka has answered, and will not answer otherwise. */
    private static boolean isRejection(KafkaException failure) {
        return Causes.among(failure, ApiException.class)
                .filter(each -> !(each instanceof RetriableException))
                .isPresent();
    }

    /** Limits a handler to the requests that obtain a permit; others get 503 with this message. */
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

    private static void reject(Exchange exchange, int status, String message) throws JsonProcessingException {
        JsonResponse.write(exchange, status, Map.of("error", message));
    }

    /** Returns a parameter of the query or path; null if it is missing or empty. */
    static String text(Message request, String name) {
        String text = request.getHeader(name, String.class);
        return text == null || text.isEmpty() ? null : text;
    }

    /**
     * Returns a parameter as a number; null if it is missing or empty.
     *
     * @throws IllegalArgumentException if it is not a number
     */
    static <N extends Number> N number(Message request, String name, Class<N> type) {
        String text = text(request, name);
        N value = text == null
                ? null
                : request.getExchange().getContext().getTypeConverter().tryConvertTo(type, text);
        if (value == null && text != null) {
            throw new IllegalArgumentException("Invalid value '" + text + "' for " + name + ": expected an integer");
        }
        return value;
    }

    /**
     * Returns a parameter from 1 to {@code max}, or the default.
     *
     * @throws IllegalArgumentException if it is not a number or out of range
     */
    static int number(Message request, String name, int defaultValue, int max) {
        Integer value = number(request, name, Integer.class);
        if (value != null && (value < 1 || value > max)) {
            throw new IllegalArgumentException("Invalid value %d for %s: expected 1 to %d".formatted(value, name, max));
        }
        return value == null ? defaultValue : value;
    }
}
