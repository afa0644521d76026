package io.wadi.ingest;

import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * What a route may know of the HTTP request besides its body. It travels as an exchange property, so that nothing the client
 * sent becomes a header of Camel or Kafka.
 */
final class EventRequest {
    private static final String PROPERTY = "wadiRequest";

    private final RoutingContext context;

    private EventRequest(RoutingContext context) {
        this.context = context;
    }

    static void attach(Exchange exchange, RoutingContext context) {
        exchange.setProperty(PROPERTY, new EventRequest(context));
    }

    /** The request that the exchange came from. */
    static EventRequest of(Exchange exchange) {
        EventRequest request = (EventRequest) exchange.getProperty(PROPERTY);
        if (request == null) {
            throw new IllegalStateException(
                    "Route " + exchange.getFromRouteId() + " does not begin with an HTTP request");
        }
        return request;
    }

    /** The request header's only value. */
    Optional<String> header(String name) {
        return Optional.ofNullable(context.request().getHeader(name)).filter(value -> !value.isBlank());
    }

    /** The part of the path that stands for {@code {name}} in the route's path. */
    String path(String name) {
        return context.pathParam(name);
    }

    /**
     * A parameter of the query.
     *
     * @throws IntakeException 400 where it is missing, empty or given more than once
     */
    String query(String name) {
        var values = context.queryParam(name);
        if (values.size() != 1 || values.get(0).isBlank()) {
            String found = values.isEmpty() ? "missing" : values.size() > 1 ? "given more than once" : "empty";
            throw IntakeException.invalid("query parameter " + name + " is " + found);
        }
        return values.get(0);
    }
}
