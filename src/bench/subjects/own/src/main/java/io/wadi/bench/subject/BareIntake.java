package io.wadi.bench.subject;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.wadi.bench.subject.SentEvents.Event;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The limit: handwritten code with Vert.x and a producer. A single event is sent unchanged; each line of a batch is
 * checked to be one JSON object. The response is written when Kafka has acknowledged all events, with a receipt for
 * each. There are no routes, keys or limits.
 */
public final class BareIntake extends AbstractVerticle {
    private static final String JSON_TYPE = "application/json";
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .build();

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final int port;
    private Burst burst;

    private BareIntake(Producer<byte[], byte[]> producer, String topic, int port) {
        super();
        this.producer = producer;
        this.topic = topic;
        this.port = port;
    }

    /**
     * Starts the server with half as many event loops as cores, at least one. Arguments: the brokers, the topic and the
     * port to listen on.
     */
    public static void main(String[] args) {
        Producer<byte[], byte[]> producer = new KafkaProducer<>(
                IntakeProducer.settings(args[0]), new ByteArraySerializer(), new ByteArraySerializer());
        int loops = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        Vertx.vertx()
                .deployVerticle(
                        () -> new BareIntake(producer, args[1], Integer.parseInt(args[2])),
                        new DeploymentOptions().setInstances(loops));
    }

    @Override
    public void start(Promise<Void> started) {
        burst = new Burst(context);
        vertx.createHttpServer()
                .requestHandler(this::take)
                .listen(port)
                .<Void>mapEmpty()
                .onComplete(started);
    }

    private void take(HttpServerRequest request) {
        boolean single = JSON_TYPE.equals(request.getHeader("content-type"));
        request.bodyHandler(body -> {
            byte[] bytes = body.getBytes();
            HttpServerResponse response = request.response();
            if (single) {
                send(response, List.of(Event.valid(bytes)));
            } else {
                List<Event> events = events(bytes);
                if (events.isEmpty()) {
                    response.setStatusCode(400).end();
                } else {
                    send(response, events);
                }
            }
        });
    }

    private void send(HttpServerResponse response, List<Event> events) {
        new SentEvents(topic, burst, response, events.size(), status -> {}).send(events, producer);
    }

    /** Returns the events of a body, one per line; an empty list if a line is not an event. */
    private static List<Event> events(byte[] body) {
        List<Event> events = new ArrayList<>();
        for (int start = 0; start < body.length; ) {
            int end = start;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            if (!isObject(body, start, end - start)) {
                return List.of();
            }
            events.add(Event.valid(Arrays.copyOfRange(body, start, end)));
            start = end + 1;
        }
        return events;
    }

    private static boolean isObject(byte[] body, int offset, int length) {
        try (JsonParser parser = JSON.createParser(body, offset, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }
}
