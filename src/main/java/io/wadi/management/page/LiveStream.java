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
 * What the page shows, sent to all who watch it as server-sent events: put together once for all of them, and only while
 * somebody watches. One that takes it too slowly misses some. Thread-safe.
 */
public final class LiveStream extends ServiceSupport implements Handler<RoutingContext> {
    static final String PATH = "/api/live";

    private static final Logger LOG = LoggerFactory.getLogger(LiveStream.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration EVERY = Duration.ofSeconds(2);
    private static final int MOST_WATCHERS = 100;

    private final CamelContext context;
    private final int port;
    private final Supplier<Set<LiveState>> states;
    private final Queue<Watcher> watchers = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean working = new AtomicBoolean();
    private Vertx vertx;
    private Route route;
    private long timer;

    /** Somebody who watches, on the event loop of the connection. */
    private record Watcher(HttpServerResponse response, Context loop, Map<String, Object> sent) {}

    /** A state as an event. */
    private record Frame(String name, Object state, String text) {
        static Frame of(String name, Object state) throws JsonProcessingException {
            return new Frame(name, state, "event: " + name + "\ndata: " + JSON.writeValueAsString(state) + "\n\n");
        }
    }

    /**
     * Takes what is sent.
     *
     * @param port the management port
     * @param states all that there are, each sent at the beginning, and unless it is sent once, whenever it has changed
     */
    public LiveStream(CamelContext context, int port, Supplier<Set<LiveState>> states) {
        super();
        this.context = context;
        this.port = port;
        this.states = states;
    }

    @Override
    protected void doStart() {
        VertxPlatformHttpRouter router =
                VertxPlatformHttpRouter.lookup(context, VertxPlatformHttpRouter.getRouterNameFromPort(port));
        if (router == null) {
            // No management port, no page.
            return;
        }
        vertx = router.vertx();
        route = router.get(PATH).handler(this);
        timer = vertx.setPeriodic(EVERY.toMillis(), tick -> tick());
    }

    @Override
    protected void doStop() {
        if (route != null) {
            vertx.cancelTimer(timer);
            route.remove();
            watchers.forEach(
                    each -> each.loop().runOnContext(now -> each.response().end()));
            watchers.clear();
        }
    }

    /** Begins to send. */
    @Override
    public void handle(RoutingContext request) {
        HttpServerResponse response = request.response();
        if (watchers.size() >= MOST_WATCHERS) {
            response.setStatusCode(503)
                    .putHeader("Content-Type", "application/json")
                    .putHeader("Retry-After", "60")
                    .end("{\"error\":\"" + MOST_WATCHERS + " pages are watching already; close one of them\"}");
            return;
        }
        response.setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff");
        Watcher watcher = new Watcher(response, vertx.getOrCreateContext(), new LinkedHashMap<>());
        response.closeHandler(gone -> watchers.remove(watcher));
        response.exceptionHandler(gone -> watchers.remove(watcher));
        // Where it goes on after Wadi was away.
        response.write("retry: 2000\n\n");
        vertx.executeBlocking(() -> {
                    for (Frame frame : frames(state -> true)) {
                        send(watcher, frame);
                    }
                    return null;
                })
                .onComplete(begun -> watchers.add(watcher));
    }

    private void tick() {
        if (!watchers.isEmpty() && working.compareAndSet(false, true)) {
            vertx.executeBlocking(() -> {
                        for (Frame frame : frames(state -> !state.once())) {
                            watchers.forEach(each -> send(each, frame));
                        }
                        return null;
                    })
                    .onComplete(done -> working.set(false));
        }
    }

    /** A state that cannot be told does not keep the others from it. */
    private List<Frame> frames(Predicate<LiveState> which) {
        List<Frame> frames = new ArrayList<>();
        states.get().stream().filter(which).forEach(each -> {
            try {
                frames.add(Frame.of(each.name(), each.state().get()));
            } catch (JsonProcessingException | RuntimeException e) {
                LOG.warn("The page is not told \"{}\": {}; tried again in {}", each.name(), e.toString(), EVERY);
            }
        });
        return frames;
    }

    private void send(Watcher watcher, Frame frame) {
        watcher.loop().runOnContext(now -> {
            HttpServerResponse response = watcher.response();
            if (response.closed() || response.ended()) {
                watchers.remove(watcher);
            } else if (!frame.state().equals(watcher.sent().get(frame.name())) && !response.writeQueueFull()) {
                watcher.sent().put(frame.name(), frame.state());
                response.write(frame.text());
            }
        });
    }
}
