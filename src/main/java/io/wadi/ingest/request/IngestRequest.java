package io.wadi.ingest.request;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.opentelemetry.api.trace.Span;
import io.vertx.core.http.HttpServerRequest;
import io.wadi.ingest.admission.Permit;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.eventloop.TaskQueue;
import io.wadi.ingest.limits.Lease;
import io.wadi.ingest.limits.SendWindow;
import io.wadi.runtime.telemetry.TraceParent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * What a route may know of the HTTP request besides its body. It travels as an exchange property, so that nothing the client
 * sent becomes a header of Camel or Kafka. Used on the request's event loop only, but for {@link #onLoop}.
 */
public final class IngestRequest {
    private static final String PROPERTY = "wadiRequest";
    /** Netty reads no more parameters than these, and says nothing of it. */
    private static final int MOST_PARAMETERS = 1024;

    private final HttpServerRequest http;
    private final Map<String, String> path;
    private final IngestLoop loop;
    private final Permit permit;
    private final long window;
    private final Span span;

    /**
     * Takes the request, the values of its path's parameters, decoded, the event loop it is answered on, its room, and up to how
     * many bytes that may grow, and its span; null for none.
     */
    public IngestRequest(
            HttpServerRequest http, Map<String, String> path, IngestLoop loop, Permit permit, long window, Span span) {
        this.http = http;
        this.path = path;
        this.loop = loop;
        this.permit = permit;
        this.window = window;
        this.span = span;
    }

    /** Gives the exchange this request, for {@link #of}. */
    public void attach(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    /** The request that the exchange came from. */
    public static IngestRequest of(Exchange exchange) {
        IngestRequest request = (IngestRequest) exchange.getProperty(PROPERTY);
        if (request == null) {
            throw new IllegalStateException(
                    "Route " + exchange.getFromRouteId() + " does not begin with an HTTP request");
        }
        return request;
    }

    /** The form that its path's answers have. */
    ResponseFormat form() {
        return ResponseFormat.of(http.path());
    }

    /** Counts so many events more against the client's rate; one was counted when the request was let in. */
    public void charge(long events) {
        if (events > 0) {
            permit.charge(events);
        }
    }

    /** What is charged with the memory that this request holds, until its answer is written. */
    public Lease lease() {
        return permit;
    }

    /** All headers, as they came. */
    public Iterable<Map.Entry<String, String>> headers() {
        return http.headers();
    }

    /** What of this request may be on its way at a time. */
    public SendWindow window() {
        return new SendWindow(permit.charged(), window, permit);
    }

    /**
     * The request headers of these names as headers of records, those that it has; and {@code traceparent} where the request has a
     * span.
     *
     * @param names in lower case, which are the records' names too
     * @throws RequestException 400 where one is given more than once
     */
    public List<Header> recordHeaders(List<String> names) {
        if (names.isEmpty() && span == null) {
            return List.of();
        }
        List<Header> headers = new ArrayList<>();
        for (String name : names) {
            if (span == null || !name.equals(TraceParent.NAME)) {
                header(name).ifPresent(value -> headers.add(new RecordHeader(name, value.getBytes(UTF_8))));
            }
        }
        if (span != null) {
            byte[] parent = TraceParent.of(span.getSpanContext()).getBytes(UTF_8);
            headers.add(new RecordHeader(TraceParent.NAME, parent));
        }
        return headers;
    }

    /** Whether who has sent it may write to a topic. */
    public boolean mayWrite(String topic) {
        return permit.mayWrite(topic);
    }

    /** The name of the client's key or token; null for an anonymous request. */
    public String caller() {
        return permit.caller();
    }

    /** Has the request's event loop do this, after what it is doing now. From any thread. */
    public void onLoop(Runnable next) {
        loop.run(ignored -> next.run());
    }

    /** Whether the loop's turn has lasted so long that further events are left to another turn. */
    public boolean isTurnOver() {
        return loop.isTurnOver();
    }

    /** Has the request's event loop do this in one of its next turns, after what waits for that already. On the loop. */
    public void inNextTurn(Runnable next) {
        loop.inNextTurn(next);
    }

    /** Has the request's event loop do this together with what else comes for it. From any thread. */
    public void onLoop(TaskQueue.Task task) {
        loop.add(task);
    }

    /**
     * The request header's value, where it has one that is not blank.
     *
     * @throws RequestException 400 where it is given more than once
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

    /** All that a request header says that may be given more than once, separated by commas; null where there is none. */
    public String list(CharSequence name) {
        List<String> values = http.headers().getAll(name);
        return values.isEmpty() ? null : String.join(",", values);
    }

    /** The part of the path that stands for {@code {name}} in the route's path; null where it has none of that name. */
    public String path(String name) {
        return path.get(name);
    }

    /**
     * A parameter of the query.
     *
     * @throws RequestException 400 where it is missing, empty or given more than once, or the query is malformed
     */
    public String query(String name) {
        List<String> values = queryValues(name);
        if (values.size() != 1 || values.get(0).isBlank()) {
            String found = values.isEmpty() ? "missing" : values.size() > 1 ? "given more than once" : "empty";
            throw RequestException.invalid("query parameter " + name + " is " + found);
        }
        return values.get(0);
    }

    /**
     * The query's parameters, decoded, in their order.
     *
     * @throws RequestException 400 where it is malformed, or has more than can be read
     */
    public List<Map.Entry<String, String>> query() {
        try {
            List<Map.Entry<String, String>> parameters = http.params().entries();
            if (parameters.size() >= MOST_PARAMETERS) {
                throw RequestException.invalid("the query has %,d parameters or more".formatted(MOST_PARAMETERS));
            }
            return parameters;
        } catch (IllegalArgumentException e) {
            throw RequestException.invalid("the query is malformed: " + e.getMessage());
        }
    }

    private List<String> queryValues(String name) {
        try {
            return http.params().getAll(name);
        } catch (IllegalArgumentException e) {
            throw RequestException.invalid("the query is malformed: " + e.getMessage());
        }
    }
}
