package io.wadi.ingest.request;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.opentelemetry.api.trace.Span;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.wadi.ingest.admission.Permit;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.eventloop.ReadScheduler;
import io.wadi.ingest.eventloop.TaskQueue;
import io.wadi.ingest.limits.ClientShare;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.Lease;
import io.wadi.ingest.limits.SendWindow;
import io.wadi.runtime.telemetry.TraceParent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * The HTTP request of an exchange, without its body. It is an exchange property, so that nothing that the client sent
 * becomes a header of Camel or Kafka. Used on the request's event loop only, except {@link #onLoop}.
 */
public final class IngestRequest {
    private static final String PROPERTY = "wadiRequest";
    /** Netty silently ignores further parameters. */
    private static final int MAX_PARAMETERS = 1024;

    private final HttpServerRequest http;
    private final Map<String, String> path;
    private final IngestLoop loop;
    /** The connection's turns; null if its reads are not scheduled. */
    private final ReadScheduler.Connection turns;

    private final Permit permit;
    private final long window;
    private final Span span;

    /**
     * Creates a request.
     *
     * @param path decoded path parameters
     * @param loop the event loop of the request's connection
     * @param turns the connection's turns on the loop; null if its reads are not scheduled
     * @param window maximum bytes in flight to Kafka
     * @param span the span of the request; null without tracing
     */
    public IngestRequest(
            HttpServerRequest http,
            Map<String, String> path,
            IngestLoop loop,
            ReadScheduler.Connection turns,
            Permit permit,
            long window,
            Span span) {
        this.http = http;
        this.path = path;
        this.loop = loop;
        this.turns = turns;
        this.permit = permit;
        this.window = window;
        this.span = span;
    }

    /** Attaches this request to an exchange, for {@link #of}. */
    public void attach(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    public static IngestRequest of(Exchange exchange) {
        IngestRequest request = (IngestRequest) exchange.getProperty(PROPERTY);
        if (request == null) {
            throw new IllegalStateException(
                    "Route " + exchange.getFromRouteId() + " does not begin with an HTTP request");
        }
        return request;
    }

    ResponseFormat format() {
        return ResponseFormat.of(http.path());
    }

    /** Counts further events against the client's rate; one was counted at admission. */
    public void charge(long events) {
        if (events > 0) {
            permit.charge(events);
        }
    }

    /** Returns the lease to which the request's memory is charged until its response is written. */
    public Lease lease() {
        return permit;
    }

    /**
     * Charges the request to another pool, too. Returns the share to be left; null if the client's share is exhausted.
     */
    public ClientShare enter(InFlight pool) {
        return permit.enter(pool);
    }

    /** Returns all headers as received. */
    public Iterable<Map.Entry<String, String>> headers() {
        return http.headers();
    }

    /** Returns the window for the request's events in flight. */
    public SendWindow window() {
        return new SendWindow(permit.charged(), window, permit);
    }

    /**
     * Returns those of the named request headers that are present, as record headers with the same bytes, and {@code
     * traceparent} if the request has a span.
     *
     * @param names the names in lower case, which are also those of the record headers
     * @throws RequestException 400 if a header is given more than once
     */
    public List<Header> recordHeaders(List<String> names) {
        if (names.isEmpty() && span == null) {
            return List.of();
        }
        List<Header> headers = new ArrayList<>();
        for (String name : names) {
            if (span == null || !name.equals(TraceParent.NAME)) {
                header(name).ifPresent(value -> headers.add(new RecordHeader(name, bytes(value))));
            }
        }
        if (span != null) {
            byte[] parent = TraceParent.of(span.getSpanContext()).getBytes(UTF_8);
            headers.add(new RecordHeader(TraceParent.NAME, parent));
        }
        return headers;
    }

    /** Returns the bytes of a header's value, of which each character is one byte. */
    private static byte[] bytes(String value) {
        return value.getBytes(ISO_8859_1);
    }

    /** Returns whether the client may write to a topic. */
    public boolean mayWrite(String topic) {
        return permit.mayWrite(topic);
    }

    /** Returns the name of the client's key or token; null for an anonymous request. */
    public String caller() {
        return permit.caller();
    }

    /** Returns whether the client accepts server-sent events; a response to HEAD has none. */
    public boolean acceptsEvents() {
        String types = list(RequestHeaders.ACCEPT);
        return types != null
                && types.contains(ServerSentEvents.TYPE)
                && !http.method().equals(HttpMethod.HEAD);
    }

    /** Returns a response of server-sent events to this request. */
    public ServerSentEvents events() {
        return new ServerSentEvents(http.response());
    }

    /** Runs a task on the event loop if the client disconnects before its response. */
    public void onDisconnect(Runnable task) {
        http.response().closeHandler(closed -> {
            if (span != null) {
                span.end();
            }
            task.run();
        });
    }

    /** Runs a task on the request's event loop after the current one. Thread-safe. */
    public void onLoop(Runnable next) {
        loop.run(ignored -> next.run());
    }

    /** Returns whether the turn has lasted so long that further events are left to a later one. Called on the loop. */
    public boolean isTurnOver() {
        return turns == null ? loop.isIterationOver() : turns.isTurnOver();
    }

    /**
     * Runs a task in a later iteration of the loop; while other clients wait, in a later turn of the request's
     * connection, so that it counts against the share of its client. Called on the loop.
     */
    public void inLaterTurn(Runnable next) {
        if (turns != null && turns.isAnotherClientWaiting()) {
            turns.laterInAnyCase(() -> loop.emit(next));
        } else {
            loop.inLaterIteration(next);
        }
    }

    /** Runs a task on the request's event loop, together with other tasks that are added until then. Thread-safe. */
    public void onLoop(TaskQueue.Task task) {
        loop.add(task);
    }

    /**
     * Returns a header's value, of which each character is one byte; empty if the header is absent or blank.
     *
     * @throws RequestException 400 if the header is given more than once
     */
    public Optional<String> header(CharSequence name) {
        String value = http.headers().get(name);
        if (value == null || value.isBlank()) {
            return Optional.empty();
        }
        if (http.headers().getAll(name).size() > 1) {
            throw RequestException.invalid("request header " + name + " is given more than once");
        }
        return Optional.of(value);
    }

    /**
     * Returns the client's {@code User-Agent}: its bytes as UTF-8, or as ISO-8859-1 if they are not UTF-8. In other
     * respects like {@link #header}.
     */
    public Optional<String> userAgent() {
        return header("User-Agent").map(value -> isUtf8(value) ? new String(bytes(value), UTF_8) : value);
    }

    /** Returns all values of a list header, joined by commas; null if absent. */
    public String list(CharSequence name) {
        return http.headers().contains(name) ? String.join(",", http.headers().getAll(name)) : null;
    }

    /** Returns the path parameter {@code {name}}; null if the route's path has none of that name. */
    public String path(String name) {
        return path.get(name);
    }

    /**
     * Returns a parameter of the query.
     *
     * @throws RequestException 400 if the parameter is missing, empty, given more than once or not UTF-8, or the query
     *     is malformed
     */
    public String query(String name) {
        List<String> values = queryValues(name);
        if (values.size() != 1 || values.get(0).isBlank()) {
            String found = values.isEmpty() ? "missing" : values.size() > 1 ? "given more than once" : "empty";
            throw RequestException.invalid("query parameter " + name + " is " + found);
        }
        if (mayBeMalformed(values.get(0))) {
            requireUtf8(name::equals);
        }
        return values.get(0);
    }

    /**
     * Returns the decoded parameters of the query, in order.
     *
     * @throws RequestException 400 if the query is malformed, not UTF-8 or has too many parameters
     */
    public List<Map.Entry<String, String>> query() {
        try {
            List<Map.Entry<String, String>> parameters = parameters(http).entries();
            if (parameters.size() >= MAX_PARAMETERS) {
                throw RequestException.invalid("the query has %,d parameters or more".formatted(MAX_PARAMETERS));
            }
            if (parameters.stream()
                    .anyMatch(each -> mayBeMalformed(each.getKey()) || mayBeMalformed(each.getValue()))) {
                requireUtf8(any -> true);
            }
            return parameters;
        } catch (IllegalArgumentException e) {
            throw RequestException.invalid("the query is malformed: " + e.getMessage());
        }
    }

    /** Returns whether a decoded text has the character that replaces malformed bytes; clients may also send it. */
    private static boolean mayBeMalformed(String decoded) {
        return decoded.indexOf('\uFFFD') >= 0;
    }

    /** Requires the bytes of parameters to be UTF-8. */
    private void requireUtf8(Predicate<String> selected) {
        QueryStringDecoder bytes = new QueryStringDecoder(http.uri(), ISO_8859_1, true, MAX_PARAMETERS, true);
        bytes.parameters().forEach((name, values) -> {
            if (selected.test(name) && !(isUtf8(name) && values.stream().allMatch(IngestRequest::isUtf8))) {
                throw RequestException.invalid("query parameter " + new String(bytes(name), UTF_8) + " is not UTF-8");
            }
        });
    }

    /** Returns whether a text is UTF-8, of which each character is one byte. */
    private static boolean isUtf8(String text) {
        byte[] bytes = bytes(text);
        return Arrays.equals(new String(bytes, UTF_8).getBytes(UTF_8), bytes);
    }

    private List<String> queryValues(String name) {
        try {
            return values(http, name);
        } catch (IllegalArgumentException e) {
            throw RequestException.invalid("the query is malformed: " + e.getMessage());
        }
    }

    /**
     * Returns the first value of a parameter of the query; null if the query has no parameter of this name.
     *
     * @throws IllegalArgumentException if the query is malformed
     */
    public static String parameter(HttpServerRequest http, String name) {
        List<String> values = values(http, name);
        return values.isEmpty() ? null : values.get(0);
    }

    /** Returns the values of a parameter. Vert.x ignores the case of names: a {@code Key} would be an API key. */
    private static List<String> values(HttpServerRequest http, String name) {
        List<String> values = new ArrayList<>(1);
        for (Map.Entry<String, String> parameter : parameters(http)) {
            if (parameter.getKey().equals(name)) {
                values.add(parameter.getValue());
            }
        }
        return values;
    }

    /**
     * Returns the decoded parameters of a query, which ampersands separate; a semicolon is part of a value, as in the
     * URL standard.
     *
     * @throws IllegalArgumentException if the query is malformed
     */
    private static MultiMap parameters(HttpServerRequest http) {
        String query = http.query();
        if (query != null && query.chars().anyMatch(each -> each > 0x7f)) {
            throw new IllegalArgumentException("found a character beyond ASCII, expected it percent-encoded in UTF-8");
        }
        return http.params(/* semicolonIsNormalChar= */ true);
    }
}
