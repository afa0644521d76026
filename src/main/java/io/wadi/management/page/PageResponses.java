package io.wadi.management.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.kafka.Causes;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.kafka.common.KafkaException;

/** The responses of the page's API: JSON, or {@code {"error": message}} with the status of the error. */
final class PageResponses {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BAD = 400;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    private PageResponses() {}

    /** A handler of requests. */
    @FunctionalInterface
    interface Handler {
        /**
         * Returns a value that is serializable as JSON.
         *
         * @throws IllegalArgumentException for an invalid request: 400 with its message
         * @throws NotFoundException for an unknown name: 404 with its message
         * @throws BusyException if the client should retry: 503 with its message
         * @throws KafkaException if Kafka does not answer: 503
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
                put(exchange, handler.handle(exchange.getMessage()));
            } catch (IllegalArgumentException e) {
                refuse(exchange, BAD, e.getMessage());
            } catch (NotFoundException e) {
                refuse(exchange, NOT_FOUND, e.getMessage());
            } catch (BusyException e) {
                refuse(exchange, UNAVAILABLE, e.getMessage());
            } catch (KafkaException e) {
                refuse(exchange, UNAVAILABLE, "Kafka does not answer: " + Causes.inShort(e));
            }
        };
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

    private static void put(Exchange exchange, Object value) throws JsonProcessingException {
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setHeader("Cache-Control", "no-store");
        message.setBody(JSON.writeValueAsBytes(value));
    }

    private static void refuse(Exchange exchange, int status, String message) throws JsonProcessingException {
        put(exchange, Map.of("error", message));
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
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
