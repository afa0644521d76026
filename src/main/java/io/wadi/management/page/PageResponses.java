package io.wadi.management.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.kafka.Causes;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.kafka.common.KafkaException;

/** The answers of the page's API: JSON, and where there is none {@code {"error": why}}. */
final class PageResponses {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BAD = 400;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    private PageResponses() {}

    /** What is answered to a request. */
    @FunctionalInterface
    interface Answer {
        /**
         * Something that becomes JSON.
         *
         * @throws IllegalArgumentException where the request asks for what cannot be: 400 with its message
         * @throws NotFoundException where there is nothing of this name: 404 with its message
         * @throws BusyException where it is to be asked again: 503 with its message
         * @throws KafkaException where Kafka does not answer: 503
         */
        Object of(Message request) throws Exception;
    }

    /** As much is looked for at the time as may be: ask again. */
    static final class BusyException extends Exception {
        private static final long serialVersionUID = 1;

        BusyException(String message) {
            super(message);
        }
    }

    /** There is nothing of this name. */
    static final class NotFoundException extends Exception {
        private static final long serialVersionUID = 1;

        NotFoundException(String message) {
            super(message);
        }
    }

    /** Answers with what this gives. */
    static Processor with(Answer answer) {
        return exchange -> {
            try {
                put(exchange, answer.of(exchange.getMessage()));
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

    private static void put(Exchange exchange, Object value) throws JsonProcessingException {
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setHeader("Cache-Control", "no-store");
        message.setBody(JSON.writeValueAsBytes(value));
    }

    private static void refuse(Exchange exchange, int code, String why) throws JsonProcessingException {
        put(exchange, Map.of("error", why));
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, code);
    }

    /** What the query, or the path, says of this; null where it is not given, or empty. */
    static String text(Message request, String name) {
        String text = request.getHeader(name, String.class);
        return text == null || text.isEmpty() ? null : text;
    }

    /**
     * The same as a number.
     *
     * @throws IllegalArgumentException where it is none
     */
    static <N extends Number> N number(Message request, String name, Class<N> type) {
        String text = text(request, name);
        N value = text == null
                ? null
                : request.getExchange().getContext().getTypeConverter().tryConvertTo(type, text);
        if (value == null && text != null) {
            throw new IllegalArgumentException(name + " is \"" + text + "\", not a whole number");
        }
        return value;
    }

    /**
     * The same, where it may be left out.
     *
     * @throws IllegalArgumentException where it is none, or out of this range
     */
    static int number(Message request, String name, int otherwise, int most) {
        Integer value = number(request, name, Integer.class);
        if (value != null && (value < 1 || value > most)) {
            throw new IllegalArgumentException("%s is %d; allowed is 1 to %d".formatted(name, value, most));
        }
        return value == null ? otherwise : value;
    }
}
