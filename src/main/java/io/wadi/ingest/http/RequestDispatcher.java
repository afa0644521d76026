package io.wadi.ingest.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.wadi.ingest.browser.CrossOrigin;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.RequestHeaders;
import io.wadi.ingest.request.ResponseFormat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dispatches requests to routes, and answers all others: 404 if no path matches, 405 if the method does not, 503 while
 * routes are starting or stopped. Thread-safe.
 */
final class RequestDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(RequestDispatcher.class);
    private static final int NO_CONTENT = 204;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int INTERNAL = 500;

    private final CrossOrigin crossOrigin;
    private final BooleanSupplier started;
    private final TopicResolver pathTopic;
    /** Replaced, never changed; those with fewer parameters first, so that {@code /a/b} comes before {@code /a/{x}}. */
    private volatile List<Target> targets = List.of();
    /** Replaced, never changed; none but while a route is replaced. */
    private volatile List<Hold> holds = List.of();

    /** Takes what browsers may do, whether all routes are there, and which topics requests are for whose path does not say it. */
    RequestDispatcher(CrossOrigin crossOrigin, BooleanSupplier started, TopicResolver pathTopic) {
        this.crossOrigin = crossOrigin;
        this.started = started;
        this.pathTopic = pathTopic;
    }

    /** Who takes the requests of a path and some methods. */
    interface Target {
        PathPattern path();

        /** Whether it takes this method. */
        boolean takes(String method);

        /** The methods it takes, for the header {@code Allow}. */
        String methods();

        /** Takes a request on its event loop, with the values of the path's parameters. */
        void handle(HttpServerRequest request, Map<String, String> parameters, IngestLoop loop);
    }

    /** Requests that wait while who takes them is replaced by another. */
    final class Hold implements AutoCloseable {
        private final List<Target> replaced;
        private final List<Runnable> waiting = new ArrayList<>();
        private boolean isOver;

        private Hold(List<Target> replaced) {
            this.replaced = replaced;
        }

        private boolean isFor(HttpServerRequest request, List<String> path) {
            String method = request.method().name();
            return replaced.stream()
                    .anyMatch(target ->
                            target.takes(method) && target.path().match(path).isPresent());
        }

        /** Whether it waits from now on; not once the hold is over. */
        private synchronized boolean keep(HttpServerRequest request, IngestLoop loop) {
            if (!isOver) {
                request.pause();
                waiting.add(() -> loop.run(ignored -> goOn(request, loop)));
            }
            return !isOver;
        }

        private void goOn(HttpServerRequest request, IngestLoop loop) {
            if (!request.response().closed()) {
                request.resume(); // What has come meanwhile comes in a turn of its own.
                answeringFailures(request, () -> dispatch(request, loop));
            }
        }

        /** Those that have waited go on, in the order in which they came, to who takes them now. */
        @Override
        public void close() {
            List<Runnable> over;
            synchronized (this) {
                isOver = true;
                over = List.copyOf(waiting);
                waiting.clear();
            }
            end(this);
            over.forEach(Runnable::run);
        }
    }

    /** Has the requests of those wait until it is closed. */
    synchronized Hold hold(List<Target> replaced) {
        Hold hold = new Hold(replaced);
        List<Hold> next = new ArrayList<>(holds);
        next.add(hold);
        holds = List.copyOf(next);
        return hold;
    }

    private synchronized void end(Hold hold) {
        holds = holds.stream().filter(each -> each != hold).toList();
    }

    /** Whether a request waits now for who is to take it; on its event loop. */
    boolean keep(HttpServerRequest request, IngestLoop loop) {
        if (holds.isEmpty()) {
            return false;
        }
        List<String> path = PathPattern.split(request.path());
        return holds.stream().anyMatch(hold -> hold.isFor(request, path) && hold.keep(request, loop));
    }

    /** Those that are there for an endpoint. */
    List<Target> targets(Predicate<Target> wanted) {
        return targets.stream().filter(wanted).toList();
    }

    synchronized void add(Target target) {
        List<Target> next = new ArrayList<>(targets);
        next.add(target);
        next.sort(Comparator.comparingInt(each -> each.path().parameters()));
        targets = List.copyOf(next);
    }

    synchronized void remove(Predicate<Target> unwanted) {
        targets = targets.stream().filter(unwanted.negate()).toList();
    }

    /** Answers a request, or hands it to who takes it. On its event loop. */
    void handle(HttpServerRequest request, IngestLoop loop) {
        answeringFailures(request, () -> {
            Responses.begin(
                    request.response(),
                    ResponseFormat.of(request.path()),
                    request.headers().get(RequestHeaders.ACCEPT));
            if (mayFromItsPage(request)) {
                dispatch(request, loop);
            }
        });
    }

    private static void answeringFailures(HttpServerRequest request, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", request.method(), request.path(), e);
            Responses.error(request.response(), INTERNAL, HttpResponses.INTERNAL);
        }
    }

    /** Whether the request goes on: it is from no page, or from one that may send. Preflight requests are answered here. */
    private boolean mayFromItsPage(HttpServerRequest request) {
        String origin = request.headers().get(RequestHeaders.ORIGIN);
        boolean preflight = origin != null
                && request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains("Access-Control-Request-Method");
        Optional<Map<String, String>> headers = preflight ? crossOrigin.preflight(origin) : crossOrigin.answer(origin);
        if (headers.isEmpty()) {
            request.response().putHeader("Vary", "Origin");
            Responses.error(request.response(), FORBIDDEN, "wadi.http.origins does not list the origin of this page");
            return false;
        }
        headers.get().forEach(request.response()::putHeader);
        if (preflight) {
            noContent(request);
        }
        return !preflight;
    }

    private static void noContent(HttpServerRequest request) {
        request.response().headers().remove("Content-Type");
        request.response().setStatusCode(NO_CONTENT).end();
    }

    private void dispatch(HttpServerRequest request, IngestLoop loop) {
        if (keep(request, loop)) {
            return;
        }
        List<String> path = PathPattern.split(request.path());
        String method = request.method().name();
        boolean found = false;
        for (Target target : targets) {
            Optional<Map<String, String>> parameters = target.path().match(path);
            if (parameters.isPresent()) {
                if (target.takes(method)) {
                    target.handle(request, pathTopic.add(request, parameters.get()), loop);
                    return;
                }
                found = true;
            }
        }
        if (found) {
            tellMethods(request, path);
        } else if (started.getAsBoolean()) {
            Responses.error(
                    request.response(), NOT_FOUND, "there is nothing here; GET /openapi.json says what there is");
        } else {
            Responses.leaving(request, "Wadi is starting or stopping");
        }
    }

    /** Who asks for them by OPTIONS, and who has used another one. */
    private void tellMethods(HttpServerRequest request, List<String> path) {
        TreeSet<String> allowed = new TreeSet<>(List.of(HttpMethod.OPTIONS.name()));
        for (Target target : targets) {
            if (target.path().match(path).isPresent()) {
                allowed.addAll(List.of(target.methods().split(",")));
            }
        }
        String methods = String.join(", ", allowed);
        request.response().putHeader("Allow", methods);
        if (request.method().equals(HttpMethod.OPTIONS)) {
            noContent(request);
            return;
        }
        Responses.error(request.response(), NOT_ALLOWED, "this path takes " + methods);
    }
}
