package io.wadi.bench.subject;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.wadi.bench.subject.SentEvents.Event;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Careful handwritten code with Vert.x and a producer, with the features of Wadi's route: keys, rates, shares of the
 * bytes and requests in flight, a check of each event, counters, and a receipt for each. The difference to Wadi is the
 * cost of declared routes; that to {@link BareIntake} is the cost of the features. Each feature can be left out.
 */
public final class CarefulIntake extends AbstractVerticle {
    private static final int MAX_BODY = 8 << 20;
    private static final int IDLE_SECONDS = 60;
    private static final int HIGHEST_STATUS = 599;

    private final Shared shared;
    private Burst burst;

    /** A feature that can be left out. */
    private enum Feature {
        /** Bearer keys, by their SHA-256. */
        KEYS,
        /** A token bucket of events for each client. */
        RATES,
        /** Limits of the bytes and requests in flight, in total and per client. */
        LIMITS,
        /** The schema; without it an event is an object without duplicate names. */
        SCHEMA,
        /** Requests by status, events by outcome, and their bytes. */
        COUNTERS
    }

    /** The state that the event loops share. */
    private static final class Shared {
        private final Producer<byte[], byte[]> producer;
        private final String topic;
        private final int port;
        private final Map<String, IntakeLimits.Client> keys;
        private final Set<Feature> features;
        private final IntakeLimits limits = new IntakeLimits();
        private final IntakeLimits.Client anonymous = new IntakeLimits.Client();
        private final MeterRegistry meters = new SimpleMeterRegistry();
        private final Counter[] requests = new Counter[HIGHEST_STATUS + 1];
        private final Counter valid = meters.counter("events", "outcome", "valid");
        private final Counter rejected = meters.counter("events", "outcome", "rejected");
        private final Counter bytes = meters.counter("event.bytes");

        Shared(String[] args) {
            producer = new KafkaProducer<>(
                    IntakeProducer.settings(args[0]), new ByteArraySerializer(), new ByteArraySerializer());
            topic = args[1];
            port = Integer.parseInt(args[2]);
            keys = new ConcurrentHashMap<>(Map.of(args[3], new IntakeLimits.Client()));
            features = EnumSet.noneOf(Feature.class);
            Arrays.stream(args).skip(4).map(Feature::valueOf).forEach(features::add);
            for (int status = 0; status < requests.length; status++) {
                requests[status] = meters.counter("requests", "status", Integer.toString(status));
            }
        }

        boolean has(Feature feature) {
            return features.contains(feature);
        }
    }

    private CarefulIntake(Shared shared) {
        super();
        this.shared = shared;
    }

    /**
     * Starts the server with half as many event loops as cores, at least one. Arguments: the brokers, the topic, the
     * port, the SHA-256 of the key in hexadecimal digits, and the features.
     */
    public static void main(String[] args) {
        Shared shared = new Shared(args);
        int loops = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        Vertx.vertx().deployVerticle(() -> new CarefulIntake(shared), new DeploymentOptions().setInstances(loops));
    }

    @Override
    public void start(Promise<Void> started) {
        burst = new Burst(context);
        vertx.createHttpServer(new HttpServerOptions().setIdleTimeout(IDLE_SECONDS))
                .requestHandler(this::take)
                .listen(shared.port)
                .<Void>mapEmpty()
                .onComplete(started);
    }

    private void take(HttpServerRequest request) {
        IntakeLimits.Client client = shared.has(Feature.KEYS) ? client(request) : shared.anonymous;
        if (client == null) {
            refuse(request, 401);
        } else if (shared.has(Feature.LIMITS) && !shared.limits.enter()) {
            refuse(request, 503);
        } else {
            new Request(request, client).read();
        }
    }

    private IntakeLimits.Client client(HttpServerRequest request) {
        String authorization = request.getHeader("authorization");
        if (authorization == null || !authorization.startsWith("Bearer ")) {
            return null;
        }
        try {
            byte[] key = authorization.substring("Bearer ".length()).getBytes(US_ASCII);
            return shared.keys.get(HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void refuse(HttpServerRequest request, int status) {
        count(status);
        request.response().setStatusCode(status).putHeader("retry-after", "1").end();
    }

    private void count(int status) {
        if (shared.has(Feature.COUNTERS)) {
            shared.requests[status].increment();
        }
    }

    /** A request until its response is written. */
    private final class Request {
        private final HttpServerRequest request;
        private final IntakeLimits.Client client;
        private final Buffer body = Buffer.buffer();
        private int held;
        private boolean isRefused;

        Request(HttpServerRequest request, IntakeLimits.Client client) {
            this.request = request;
            this.client = client;
        }

        void read() {
            request.handler(this::append).endHandler(end -> send());
            request.response().closeHandler(closed -> leave());
        }

        private void append(Buffer more) {
            if (isRefused) {
                return;
            }
            if (body.length() + more.length() > MAX_BODY) {
                end(413);
            } else if (shared.has(Feature.LIMITS) && !shared.limits.grow(client, more.length())) {
                end(503);
            } else {
                held += more.length();
                body.appendBuffer(more);
            }
        }

        private void end(int status) {
            isRefused = true;
            leave();
            refuse(request, status);
        }

        private void leave() {
            if (shared.has(Feature.LIMITS) && held >= 0) {
                shared.limits.leave(client, held);
            }
            held = -1;
        }

        private void send() {
            if (isRefused) {
                return;
            }
            List<Event> events = events(body.getBytes(), "application/json".equals(request.getHeader("content-type")));
            if (events.isEmpty()) {
                end(400);
            } else if (shared.has(Feature.RATES) && !client.mayTake(events.size())) {
                end(429);
            } else {
                new SentEvents(shared.topic, burst, request.response(), events.size(), this::answered)
                        .send(events, shared.producer);
            }
        }

        private void answered(int status) {
            count(status);
            leave();
        }
    }

    private List<Event> events(byte[] body, boolean isSingle) {
        if (isSingle) {
            return List.of(event(body, 0, body.length));
        }
        List<Event> events = new ArrayList<>();
        for (int start = 0; start < body.length; ) {
            int end = start;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            events.add(event(body, start, end));
            start = end + 1;
        }
        return events;
    }

    private Event event(byte[] body, int start, int end) {
        String problem = EventRules.problem(body, start, end - start, shared.has(Feature.SCHEMA));
        if (shared.has(Feature.COUNTERS)) {
            (problem == null ? shared.valid : shared.rejected).increment();
            shared.bytes.increment(end - start);
        }
        return problem == null
                ? Event.valid(start == 0 && end == body.length ? body : Arrays.copyOfRange(body, start, end))
                : Event.rejected(problem);
    }
}
