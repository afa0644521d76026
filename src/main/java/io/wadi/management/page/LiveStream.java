package io.wadi.management.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import io.wadi.management.LiveState;
import io.wadi.management.workers.WorkerPool;
import io.wadi.runtime.QueryParameters;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.security.NetworkLimit;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the live states to open pages as server-sent events. It builds each event once for all pages, and only while a
 * page is open; pages that are opened within two seconds share their first events. Slow clients miss events. One
 * network may have half of the streams. Each stream ends after a fixed time, since a request is authorized only when it
 * begins; browsers then reconnect. Thread-safe.
 */
public final class LiveStream extends ServiceSupport implements Handler<RoutingContext> {
    static final String PATH = "/api/live";
    static final int MAX_CLIENTS = 100;

    private static final int MAX_OF_NETWORK = MAX_CLIENTS / 2;
    private static final Logger LOG = LoggerFactory.getLogger(LiveStream.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final Duration LIFETIME = Duration.ofMinutes(1);

    private final CamelContext context;
    private final int port;
    private final Supplier<Set<LiveState>> states;
    private final Duration lifetime;
    /** Limits the streams, including those that wait for their first events and are not in {@link #clients} yet. */
    private final NetworkLimit open = new NetworkLimit(MAX_CLIENTS);

    private final Queue<Client> clients = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean sending = new AtomicBoolean();
    private final Object building = new Object();
    /** The last first events; null for none. */
    private volatile FirstFrames first;

    private Vertx vertx;
    private Route route;
    private long timer;

    /** An open page. It is used on the event loop of its connection. */
    private record Client(HttpServerResponse response, Context loop, Map<String, Object> sent, long beginNanos) {}

    private record Frame(String name, Object state, String text) {
        static Frame of(String name, Object state) throws JsonProcessingException {
            return new Frame(name, state, "event: " + name + "\ndata: " + JSON.writeValueAsString(state) + "\n\n");
        }
    }

    /** The events of a page that is opened, with the time at which they were built. */
    private record FirstFrames(List<Frame> frames, long builtNanos) {}

    /**
     * Creates a stream without starting it.
     *
     * @param port the management port
     * @param states supplies the states. Each is sent when a page is opened and, unless {@link LiveState#once()}, after
     *     each change
     */
    public LiveStream(CamelContext context, int port, Supplier<Set<LiveState>> states) {
        this(context, port, states, LIFETIME);
    }

    /** Creates a stream with this lifetime of a response, which is rounded up to the interval of events. */
    LiveStream(CamelContext context, int port, Supplier<Set<LiveState>> states, Duration lifetime) {
        this.lifetime = lifetime;
        this.context = context;
        this.port = port;
        this.states = states;
    }

    @Override
    protected void doStart() {
        VertxPlatformHttpRouter router =
                VertxPlatformHttpRouter.lookup(context, VertxPlatformHttpRouter.getRouterNameFromPort(port));
        if (router == null) {
            // The management port is disabled.
            return;
        }
        vertx = router.vertx();
        route = router.get(PATH).handler(this);
        timer = vertx.setPeriodic(INTERVAL.toMillis(), tick -> tick());
    }

    @Override
    protected void doStop() {
        if (route != null) {
            vertx.cancelTimer(timer);
            route.remove();
            clients.forEach(this::end);
        }
    }

    private void end(Client client) {
        clients.remove(client);
        client.loop().runOnContext(now -> {
            if (!client.response().closed() && !client.response().ended()) {
                client.response().end();
            }
        });
    }

    @Override
    public void handle(RoutingContext request) {
        HttpServerResponse response = request.response();
        try {
            QueryParameters.requireKnown(request.request().query(), List.of());
        } catch (IllegalArgumentException e) {
            reject(response, 400, e.getMessage());
            return;
        }
        if (response.closed()) {
            // Its end was reported already, so that the permit would not be released.
            return;
        }
        Context loop = vertx.getOrCreateContext();
        InetAddress network = WorkerPool.Request.of(loop).network();
        if (!open.tryAdd(network, MAX_OF_NETWORK, 1)) {
            response.putHeader("Retry-After", "60");
            reject(
                    response,
                    503,
                    "%d pages are open already, or %d of this network; close one of them"
                            .formatted(MAX_CLIENTS, MAX_OF_NETWORK));
            return;
        }
        response.setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                // Otherwise nginx would keep events until they fill a buffer.
                .putHeader("X-Accel-Buffering", "no")
                .putHeader("X-Content-Type-Options", "nosniff");
        Client client = new Client(response, loop, new LinkedHashMap<>(), System.nanoTime());
        request.addEndHandler(ended -> {
            clients.remove(client);
            open.tryAdd(network, 0, -1);
        });
        // Submitted before the response begins, so that it counts as work of the request.
        vertx.executeBlocking(() -> {
                    for (Frame frame : firstFrames()) {
                        send(client, frame);
                    }
                    return null;
                })
                .onComplete(done -> {
                    if (!response.closed() && !response.ended()) {
                        clients.add(client);
                    }
                });
        // Sets the delay after which the browser reconnects.
        response.write("retry: 2000\n\n");
    }

    private static void reject(HttpServerResponse response, int status, String error) {
        response.setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .end(JSON.createObjectNode().put("error", error).toString());
    }

    private void tick() {
        if (open.total() == 0) {
            first = null;
        }
        clients.stream()
                .filter(each -> System.nanoTime() - each.beginNanos() >= lifetime.toNanos())
                .forEach(this::end);
        if (!clients.isEmpty() && sending.compareAndSet(false, true)) {
            vertx.executeBlocking(() -> {
                        for (Frame frame : frames(state -> !state.once())) {
                            clients.forEach(each -> send(each, frame));
                        }
                        return null;
                    })
                    .onComplete(done -> sending.set(false));
        }
    }

    /** Returns the events of all states. Pages that are opened within one interval share them. */
    private List<Frame> firstFrames() {
        synchronized (building) {
            FirstFrames last = first;
            if (last == null || System.nanoTime() - last.builtNanos() >= INTERVAL.toNanos()) {
                last = new FirstFrames(frames(state -> true), System.nanoTime());
                first = last;
            }
            return last.frames();
        }
    }

    /** Returns the events of the selected states. A state that cannot be serialized is logged and omitted. */
    private List<Frame> frames(Predicate<LiveState> which) {
        List<Frame> frames = new ArrayList<>();
        states.get().stream().filter(which).forEach(each -> {
            try {
                frames.add(Frame.of(each.name(), each.state().get()));
            } catch (JsonProcessingException | RuntimeException e) {
                LOG.warn(
                        "State \"{}\" was not sent to open pages: {}; retrying in {}",
                        each.name(),
                        e.toString(),
                        Units.text(INTERVAL));
            }
        });
        return frames;
    }

    private void send(Client client, Frame frame) {
        client.loop().runOnContext(now -> {
            HttpServerResponse response = client.response();
            if (response.closed() || response.ended()) {
                clients.remove(client);
            } else if (!frame.state().equals(client.sent().get(frame.name())) && !response.writeQueueFull()) {
                client.sent().put(frame.name(), frame.state());
                response.write(frame.text());
            }
        });
    }
}
