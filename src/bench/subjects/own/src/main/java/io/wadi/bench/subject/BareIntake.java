package io.wadi.bench.subject;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The limit: Vert.x and a producer by hand. A single event is sent as it comes; of a batch each line is checked to be one JSON
 * object. The answer is written when Kafka has acknowledged all, with a receipt for each. No routes, no keys, no limits.
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

    /** Takes the brokers, the topic, and the port to listen on; as many event loops as half the cores, one at least. */
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
                new Answer(response, 1).send(List.of(bytes));
            } else {
                List<byte[]> events = events(bytes);
                if (events.isEmpty()) {
                    response.setStatusCode(400).end();
                } else {
                    new Answer(response, events.size()).send(events);
                }
            }
        });
    }

    /** The lines; none where one is no event. */
    private static List<byte[]> events(byte[] body) {
        List<byte[]> events = new ArrayList<>();
        for (int start = 0; start < body.length; ) {
            int end = start;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            if (!isObject(body, start, end - start)) {
                return List.of();
            }
            events.add(Arrays.copyOfRange(body, start, end));
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

    /** Collects Kafka's answer for each event; with the last one the response is written, on the event loop. */
    private final class Answer {
        private final HttpServerResponse response;
        private final RecordMetadata[] acknowledged;
        private final AtomicInteger open;

        Answer(HttpServerResponse response, int events) {
            this.response = response;
            this.acknowledged = new RecordMetadata[events];
            this.open = new AtomicInteger(events);
        }

        void send(List<byte[]> events) {
            for (int i = 0; i < events.size(); i++) {
                int index = i;
                producer.send(new ProducerRecord<>(topic, events.get(i)), (metadata, error) -> {
                    acknowledged[index] = error == null ? metadata : null;
                    if (open.decrementAndGet() == 0) {
                        burst.add(this::write);
                    }
                });
            }
        }

        private void write() {
            Buffer receipts = Buffer.buffer(acknowledged.length * 64).appendString("{\"receipts\":[");
            boolean all = true;
            for (int i = 0; i < acknowledged.length; i++) {
                if (i > 0) {
                    receipts.appendByte((byte) ',');
                }
                all &= acknowledged[i] != null;
                receipts.appendString(all ? receipt(acknowledged[i]) : "{\"error\":\"not acknowledged\"}");
            }
            response.setStatusCode(all ? 200 : 503)
                    .putHeader("content-type", JSON_TYPE)
                    .end(receipts.appendString("]}"));
        }

        private String receipt(RecordMetadata of) {
            return "{\"topic\":\"" + topic + "\",\"partition\":" + of.partition() + ",\"offset\":" + of.offset() + "}";
        }
    }
}
