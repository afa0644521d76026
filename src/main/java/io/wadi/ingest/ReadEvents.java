package io.wadi.ingest;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.Problem;
import io.wadi.kafka.Topic;
import io.wadi.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Reads the events of {@code POST /events/{topic}}: afterwards the body is a list of them, in their order, those that are none
 * with their problem, and the exchange property {@code topic} is their topic. One event alone takes the request's
 * {@code Idempotency-Key} as its header {@code id}.
 */
public final class ReadEvents implements Processor {
    private static final int NOT_FOUND = 404;
    private static final int UNSUPPORTED = 415;
    /** Printable ASCII, as long as an id in Elasticsearch. */
    private static final Pattern ID = Pattern.compile("[\\x20-\\x7E]{1,512}");

    private final Topics topics;

    /** Takes the declared topics. */
    public ReadEvents(Topics topics) {
        this.topics = topics;
    }

    /**
     * Reads the exchange's request.
     *
     * @throws IntakeException 404 for a topic that is not open for events, 415 for another type of body, 400 where the body as
     *     a whole is not JSON or holds no event
     */
    @Override
    public void process(Exchange exchange) {
        IntakeRequest request = IntakeRequest.of(exchange);
        exchange.setProperty(SendEvents.TOPIC, topic(request));
        refuseEncoded(request);
        List<Header> headers = headers(request);
        List<EventParser.Parsed> parsed = EventParser.parse(
                exchange.getMessage().getBody(byte[].class),
                request.header("Content-Type").orElse(""));
        request.charge(parsed.size());
        List<Header> own = parsed.size() == 1 ? headers : List.of();
        exchange.getMessage()
                .setBody(parsed.stream().map(each -> event(each, own)).toList());
    }

    private String topic(IntakeRequest request) {
        String name = request.path("topic");
        if (topics.find(name).filter(topic -> topic.takes(Topic.Way.EVENTS)).isEmpty()) {
            throw new IntakeException(NOT_FOUND, "topics.yaml declares no such topic for events");
        }
        return name;
    }

    private static void refuseEncoded(IntakeRequest request) {
        request.header("Content-Encoding")
                .filter(encoding -> !encoding.equals("identity"))
                .ifPresent(encoding -> {
                    throw new IntakeException(UNSUPPORTED, "Content-Encoding is not taken; send the body as it is");
                });
    }

    private static List<Header> headers(IntakeRequest request) {
        return request.header("Idempotency-Key")
                .map(ReadEvents::id)
                .map(List::of)
                .orElse(List.of());
    }

    private static Header id(String key) {
        if (!ID.matcher(key).matches()) {
            throw IntakeException.invalid("request header Idempotency-Key is not 1 to 512 printable ASCII characters");
        }
        return new RecordHeader("id", key.getBytes(StandardCharsets.US_ASCII));
    }

    private static Event event(EventParser.Parsed parsed, List<Header> headers) {
        return parsed.problem() == null
                ? new Event(null, parsed.value(), headers, null, null, null)
                : Event.refused(new Problem("", parsed.problem()));
    }
}
