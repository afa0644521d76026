package io.wadi.ingest.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpServerRequest;
import io.wadi.ingest.HttpAnswers;
import io.wadi.ingest.IntakeErrors;
import io.wadi.ingest.IntakeLoop;
import io.wadi.ingest.IntakeRequest;
import io.wadi.ingest.RequestBody;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.admission.NewToken;
import io.wadi.ingest.admission.Permit;
import io.wadi.ingest.admission.Refusal;
import io.wadi.ingest.event.BodyException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.support.DefaultConsumer;

/**
 * Runs requests through a route, on their event loops. Headers cross in neither direction: a route sees the request as
 * {@link IntakeRequest}, and its body as bytes, or as a {@link RequestBody} where its endpoint says {@code useStreaming}.
 */
final class IntakeConsumer extends DefaultConsumer implements PlatformHttpConsumer, Suspendable, Dispatch.Target {
    private static final int TOO_LARGE = 413;
    private static final int INTERNAL = 500;

    /** How long a body may go on to come once its route is to stop. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final Dispatch dispatch;
    private final IntakeEngine.Door door;
    private final IntakeEngine.Bodies bodies;
    private final long maxBodyBytes;
    private final boolean streaming;
    private final PathPattern path;
    private final String methods;
    private final Set<String> allowed;
    private final MeterRegistry meters;
    private final Set<Taken> read = ConcurrentHashMap.newKeySet();
    private RequestCounts counts;

    IntakeConsumer(
            PlatformHttpEndpoint endpoint,
            Processor processor,
            Dispatch dispatch,
            IntakeEngine.Door door,
            IntakeEngine.Bodies bodies,
            MeterRegistry meters) {
        super(endpoint, processor);
        this.dispatch = dispatch;
        this.door = door;
        this.bodies = bodies;
        this.streaming = endpoint.isUseStreaming();
        this.maxBodyBytes = streaming ? bodies.maxStreamBytes() : bodies.maxBodyBytes();
        this.meters = meters;
        path = PathPattern.of(endpoint.getPath(), endpoint.isMatchOnUriPrefix());
        methods = endpoint.getHttpMethodRestrict() == null
                ? ""
                : endpoint.getHttpMethodRestrict().toUpperCase(Locale.ROOT).replace(" ", "");
        allowed = Set.of(methods.split(","));
    }

    @Override
    public PlatformHttpEndpoint getEndpoint() {
        return (PlatformHttpEndpoint) super.getEndpoint();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        counts = new RequestCounts(meters, getEndpoint().getPath());
        dispatch.add(this);
    }

    @Override
    protected void doStop() throws Exception {
        dispatch.remove(this);
        super.doStop();
    }

    /** Bodies that are still coming in a while are not read on: their senders are told what stands. */
    @Override
    protected void doSuspend() throws Exception {
        super.doSuspend();
        read.forEach(each -> each.loop
                .context()
                .owner()
                .setTimer(LAST_WORDS.toMillis(), late -> each.cut(BodyException.unavailable("Wadi is stopping"))));
    }

    @Override
    public PathPattern path() {
        return path;
    }

    @Override
    public boolean takes(String method) {
        return methods.isEmpty() || allowed.contains(method);
    }

    @Override
    public String methods() {
        return methods;
    }

    @Override
    public void handle(HttpServerRequest request, Map<String, String> parameters, IntakeLoop loop) {
        request.response()
                .bodyEndHandler(ended -> counts.answered(request.response().getStatusCode()));
        if (isTaking(request)) {
            String topic = parameters.getOrDefault("topic", door.topic());
            admit(new Head(request, door.admission(), topic, maxBodyBytes), request, parameters, loop);
        }
    }

    private void admit(Head head, HttpServerRequest request, Map<String, String> parameters, IntakeLoop loop) {
        Admission.Decision decision = door.admission().admit(head);
        if (decision instanceof Permit permit) {
            new Taken(request, parameters, loop, permit).begin();
        } else if (decision instanceof NewToken token) {
            request.pause();
            loop.context().executeBlocking(token::look, false).onComplete(looked -> {
                if (request.response().closed()) {
                    return; // Its client has gone meanwhile, and would not give its room back.
                }
                request.resume(); // What has come meanwhile comes in a turn of its own.
                if (looked.failed()) {
                    refuse(request, new Refusal(INTERNAL, HttpAnswers.INTERNAL, 0));
                } else if (looked.result() != null) {
                    refuse(request, looked.result());
                } else {
                    admit(head, request, parameters, loop);
                }
            });
        } else {
            refuse(request, (Refusal) decision);
        }
    }

    private void refuse(HttpServerRequest request, Refusal refusal) {
        WholeBody.discard(request, maxBodyBytes);
        Responses.refuse(request.response(), refusal);
    }

    /** A route that is to stop takes no request any more, and ends those it has begun. */
    private boolean isTaking(HttpServerRequest request) {
        boolean taking = !isSuspendingOrSuspended() && isRunAllowed();
        if (!taking) {
            Responses.unavailable(request.response(), "Wadi is stopping");
        }
        return taking;
    }

    /** A request that was let in. Its room is given back when it is answered, or when its client has gone before its route began. */
    private final class Taken implements WholeBody.Refusals, ComingBodies.Body {
        private final HttpServerRequest http;
        private final IntakeRequest request;
        private final IntakeLoop loop;
        private final Permit permit;
        private RequestBody stream;
        private boolean running;

        Taken(HttpServerRequest http, Map<String, String> parameters, IntakeLoop loop, Permit permit) {
            this.http = http;
            this.request = new IntakeRequest(http, parameters, loop, permit, bodies.windowBytes());
            this.loop = loop;
            this.permit = permit;
        }

        void begin() {
            if (streaming) {
                stream = new RequestBody(http);
                read.add(this);
                ComingBodies.of(http.connection()).add(http.streamId(), this);
                run(stream);
                stream.begun();
            } else {
                readWhole();
            }
        }

        /** From any thread. */
        @Override
        public void cut(BodyException reason) {
            loop.run(ignored -> stream.fail(reason));
        }

        private void readWhole() {
            http.response().endHandler(ended -> {
                if (!running) {
                    permit.close();
                }
            });
            WholeBody.read(
                    http,
                    maxBodyBytes,
                    body -> {
                        if (isTaking(http)) {
                            run(body);
                        }
                    },
                    this);
        }

        @Override
        public boolean isRoom(long bytes) {
            return permit.holds(bytes);
        }

        @Override
        public void noRoom() {
            Responses.unavailable(http.response(), "as much is being worked on as may be");
        }

        @Override
        public void tooLarge() {
            Responses.error(http.response(), TOO_LARGE, "the body is longer than %d bytes".formatted(maxBodyBytes));
        }

        /** The answer is written on the event loop, wherever the route has ended. */
        private void run(Object body) {
            running = true;
            Exchange exchange = createExchange(false);
            exchange.setPattern(ExchangePattern.InOut);
            request.attach(exchange);
            exchange.getMessage().setBody(body);
            Thread thread = Thread.currentThread();
            getAsyncProcessor().process(exchange, doneSync -> {
                if (Thread.currentThread().equals(thread)) {
                    answer(exchange);
                } else {
                    loop.run(ignored -> answer(exchange));
                }
            });
        }

        private void answer(Exchange exchange) {
            try {
                if (exchange.getException() != null) {
                    IntakeErrors.answer(exchange, exchange.getException());
                }
                Responses.write(http.response(), exchange);
            } finally {
                permit.close();
                releaseExchange(exchange, false);
                if (stream != null) {
                    leave();
                }
            }
        }

        /** What has not been read of the body is thrown away, so that the client can read its answer. */
        private void leave() {
            read.remove(this);
            ComingBodies.of(http.connection()).remove(http.streamId(), this);
            stream.close();
            if (!http.isEnded()) {
                WholeBody.discard(http, bodies.maxBodyBytes());
                http.resume();
            }
        }
    }
}
