package io.wadi.ingest;

import io.wadi.kafka.Causes;
import io.wadi.kafka.Topic;
import io.wadi.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Sends the events of {@code POST /events/{topic}} to Kafka and answers with a receipt or a reason for each, in their order,
 * when Kafka has answered for all of them. The status is 200 where all are acknowledged, 400 where one or more are no events,
 * 503 where Kafka has not taken one or more; what stands in Kafka is in the answer in every case.
 */
public final class EventBatch extends AsyncProcessorSupport {
    private static final int NOT_FOUND = 404;
    private static final int UNSUPPORTED = 415;
    private static final int INVALID = 400;
    private static final int UNAVAILABLE = 503;
    private static final int LONGEST_ID = 512;

    private final Topics topics;
    private final Supplier<Producer<Object, Object>> newProducer;
    private Producer<Object, Object> producer;

    /** Takes the declared topics and how to make the producer; it is made when the route starts. */
    public EventBatch(Topics topics, Supplier<Producer<Object, Object>> newProducer) {
        super();
        this.topics = topics;
        this.newProducer = newProducer;
    }

    @Override
    protected void doStart() {
        producer = newProducer.get();
    }

    @Override
    protected void doStop() {
        producer.close();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            EventRequest request = EventRequest.of(exchange);
            String topic = topic(request);
            refuseEncoded(request);
            List<EventParser.Parsed> events = EventParser.parse(
                    exchange.getMessage().getBody(byte[].class),
                    request.header("Content-Type").orElse(""));
            new Answers(exchange, callback, events)
                    .send(topic, request.header("Idempotency-Key").orElse(null));
            return false;
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    private String topic(EventRequest request) {
        String name = request.path("topic");
        if (topics.find(name).filter(topic -> topic.takes(Topic.Way.EVENTS)).isEmpty()) {
            throw new IntakeException(NOT_FOUND, "topics.yaml declares no such topic for events");
        }
        return name;
    }

    private static void refuseEncoded(EventRequest request) {
        request.header("Content-Encoding")
                .filter(encoding -> !encoding.equals("identity"))
                .ifPresent(encoding -> {
                    throw new IntakeException(UNSUPPORTED, "Content-Encoding is not taken; send the body as it is");
                });
    }

    /** Collects what became of each event and ends the exchange with the last answer. */
    private final class Answers {
        private final Exchange exchange;
        private final AsyncCallback callback;
        private final List<EventParser.Parsed> events;
        private final RecordMetadata[] acknowledged;
        private final Exception[] failures;
        private final AtomicInteger open;

        Answers(Exchange exchange, AsyncCallback callback, List<EventParser.Parsed> events) {
            this.exchange = exchange;
            this.callback = callback;
            this.events = events;
            this.acknowledged = new RecordMetadata[events.size()];
            this.failures = new Exception[events.size()];
            this.open = new AtomicInteger(events.size() + 1);
        }

        void send(String topic, String id) {
            for (int i = 0; i < events.size(); i++) {
                byte[] value = events.get(i).value();
                if (value == null) {
                    open.decrementAndGet();
                } else {
                    send(i, new ProducerRecord<>(topic, value), events.size() == 1 ? id : null);
                }
            }
            answered();
        }

        private void send(int index, ProducerRecord<Object, Object> sent, String id) {
            if (id != null && id.length() <= LONGEST_ID) {
                sent.headers().add("id", id.getBytes(StandardCharsets.UTF_8));
            }
            try {
                producer.send(sent, (metadata, error) -> {
                    acknowledged[index] = metadata;
                    failures[index] = error;
                    answered();
                });
            } catch (RuntimeException e) {
                failures[index] = e;
                answered();
            }
        }

        private void answered() {
            if (open.decrementAndGet() == 0) {
                end();
                callback.done(false);
            }
        }

        private void end() {
            List<Object> receipts = new ArrayList<>();
            int status = 200;
            int failed = 0;
            for (int i = 0; i < events.size(); i++) {
                if (events.get(i).problem() != null) {
                    status = Math.max(status, INVALID);
                    receipts.add(Map.of("error", events.get(i).problem()));
                    failed++;
                } else if (failures[i] != null) {
                    status = UNAVAILABLE;
                    receipts.add(Map.of("error", "not acknowledged: " + Causes.inShort(failures[i])));
                    failed++;
                } else {
                    receipts.add(Receipt.Issued.of(acknowledged[i]));
                }
            }
            answer(status, failed, receipts);
        }

        private void answer(int status, int failed, List<Object> receipts) {
            Map<String, Object> answer = new LinkedHashMap<>();
            if (failed > 0) {
                answer.put("error", "%d of %d events were not taken".formatted(failed, events.size()));
            }
            answer.put("receipts", receipts);
            if (status == UNAVAILABLE) {
                exchange.getMessage().setHeader(HttpAnswers.RETRY_AFTER, HttpAnswers.RETRY_AFTER_SECONDS);
            }
            exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
            exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, HttpAnswers.JSON);
            exchange.getMessage().setBody(HttpAnswers.json(answer));
        }
    }
}
