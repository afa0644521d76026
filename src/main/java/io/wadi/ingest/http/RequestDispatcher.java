package io.wadi.ingest.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.wadi.ingest.admission.Rejection;
import io.wadi.ingest.admission.Rejection.Reason;
import io.wadi.ingest.browser.CrossOrigin;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.PathPattern;
import io.wadi.ingest.request.RequestHeaders;
import io.wadi.ingest.request.ResponseFormat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dispatches requests to routes and responds to all other requests: 404 if no path matches, 405 if the method does not
 * match, 503 while routes are starting or stopped. Thread-safe.
 */
final class RequestDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(RequestDispatcher.class);
    private static final int NO_CONTENT = 204;
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int INTERNAL = 500;

    private final CrossOrigin crossOrigin;
    private final BooleanSupplier started;
    private final TopicResolver pathTopic;
    private final RejectionCounts rejections;
    /**
     * An immutable list, targets with fewer parameters first, so that {@code /a/b} takes precedence over
     * {@code /a/{x}}.
     */
    private volatile List<Target> targets = List.of();
    /** An immutable list; empty unless a route is being replaced. */
    private volatile List<Hold> holds = List.of();

    RequestDispatcher(
            CrossOrigin crossOrigin, BooleanSupplier started, TopicResolver pathTopic, RejectionCounts rejections) {
        this.crossOrigin = crossOrigin;
        this.started = started;
        this.pathTopic = pathTopic;
        this.rejections = rejections;
    }

    /** A handler of requests for a path and some methods. */
    interface Target {
        PathPattern path();

        boolean accepts(String method);

        /** Returns the accepted methods separated by commas; empty for all. */
        String methods();

        /** Handles a request on its event loop. */
        void handle(HttpServerRequest request, Map<String, String> parameters, IngestLoop loop);
    }

    /** The requests that are held while their targets are replaced. */
    final class Hold implements AutoCloseable {
        private final List<Target> replaced;
        /** The requests of connected clients with their event loops, in the order of arrival. */
        private final Map<HttpServerRequest, IngestLoop> waiting = new LinkedHashMap<>();

        private boolean released;

        private Hold(List<Target> replaced) {
            this.replaced = replaced;
        }

        private boolean isFor(HttpServerRequest request, List<String> path) {
            String method = request.method().name();
            return replaced.stream()
                    .anyMatch(target ->
                            target.accepts(method) && target.path().match(path).isPresent());
        }

        /** Queues a request until its response closes; returns false once the hold is released. */
        private synchronized boolean enqueueIfHeld(HttpServerRequest request, IngestLoop loop) {
            if (!released) {
                request.pause();
                waiting.put(request, loop);
                // A target that handles the request later may replace this handler.
                request.response().closeHandler(closed -> remove(request));
            }
            return !released;
        }

        private synchronized void remove(HttpServerRequest request) {
            waiting.remove(request);
        }

        synchronized int size() {
            return waiting.size();
        }

        private void resume(HttpServerRequest request, IngestLoop loop) {
            if (!request.response().closed()) {
                request.resume(); // Data that arrived meanwhile is delivered in a separate task.
                withErrorResponse(request, () -> dispatch(request, loop));
            }
        }

        /** Dispatches the held requests in the order of their arrival. */
        @Override
        public void close() {
            Map<HttpServerRequest, IngestLoop> over;
            synchronized (this) {
                released = true;
                over = new LinkedHashMap<>(waiting);
                waiting.clear();
            }
            end(this);
            over.forEach((request, loop) -> loop.run(ignored -> resume(request, loop)));
        }
    }

    CrossOrigin crossOrigin() {
        return crossOrigin;
    }

    /** Holds requests for these targets until the result is closed. */
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

    /** Queues a request if its target is being replaced; returns whether it is queued. Called on its event loop. */
    boolean enqueueIfHeld(HttpServerRequest request, IngestLoop loop) {
        if (holds.isEmpty()) {
            return false;
        }
        List<String> path = PathPattern.split(request.path());
        return holds.stream().anyMatch(hold -> hold.isFor(request, path) && hold.enqueueIfHeld(request, loop));
    }

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

    /** Dispatches a request or responds to it. Called on its event loop. */
    void handle(HttpServerRequest request, IngestLoop loop) {
        withErrorResponse(request, () -> {
            begin(request);
            if (!request.path().startsWith("/") && !request.path().equals("*")) {
                reject(request, BAD_REQUEST, "the path does not begin with a slash");
            } else if (isOriginAllowed(request)) {
                dispatch(request, loop);
            }
        });
    }

    /** Rejects a request that exceeds a limit, in the format of its path, with the headers for its origin. */
    void reject(HttpServerRequest request, Rejection rejection) {
        withErrorResponse(request, () -> {
            begin(request);
            if (isOriginAllowed(request)) {
                rejections.rejected(rejection.reason());
                Responses.reject(request, rejection);
            }
        });
    }

    /** Does the same for a request with an invalid head, of which some headers may not have been read. */
    void rejectInvalid(HttpServerRequest request, Rejection rejection) {
        crossOrigin.answerToUnread().forEach(request.response()::putHeader);
        reject(request, rejection);
    }

    /** Sets the headers of the response format of the path. */
    private static void begin(HttpServerRequest request) {
        Responses.begin(
                request.response(),
                ResponseFormat.of(request.path()),
                request.headers().get(RequestHeaders.ACCEPT));
    }

    private static void withErrorResponse(HttpServerRequest request, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("Request {} {} failed", request.method(), request.path(), e);
            Responses.error(request, INTERNAL, HttpResponses.INTERNAL);
        }
    }

    /**
     * Returns whether a request has no origin or an allowed one, and is not a preflight request. Otherwise responds to
     * it.
     */
    private boolean isOriginAllowed(HttpServerRequest request) {
        String origin = request.headers().get(RequestHeaders.ORIGIN);
        boolean preflight = origin != null
                && request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains("Access-Control-Request-Method");
        Optional<Map<String, String>> headers = preflight ? crossOrigin.preflight(origin) : crossOrigin.answer(origin);
        if (headers.isEmpty()) {
            request.response().putHeader("Vary", "Origin");
            reject(request, FORBIDDEN, "wadi.http.origins does not list the origin of this page");
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
        if (enqueueIfHeld(request, loop)) {
            return;
        }
        List<String> path = PathPattern.split(request.path());
        String method = request.method().name();
        boolean found = false;
        for (Target target : targets) {
            Optional<Map<String, String>> parameters = target.path().match(path);
            if (parameters.isPresent()) {
                if (target.accepts(method)) {
                    target.handle(request, pathTopic.add(request, parameters.get()), loop);
                    return;
                }
                found = true;
            }
        }
        if (found) {
            answerMethods(request, path);
        } else if (started.getAsBoolean()) {
            reject(request, NOT_FOUND, "no such path; GET /openapi.json lists all paths");
        } else {
            rejections.rejected(Reason.CLOSED);
            Responses.unavailableAndClose(request, "Wadi is starting or stopping");
        }
    }

    /** Responds to OPTIONS, or with 405 to a method that the path does not accept. */
    private void answerMethods(HttpServerRequest request, List<String> path) {
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
        reject(request, NOT_ALLOWED, "this path accepts " + methods);
    }

    private void reject(HttpServerRequest request, int status, String reason) {
        rejections.responded(status);
        Responses.error(request, status, reason);
    }
}
