package io.wadi.ingest.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Vertx;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.browser.CrossOrigin;
import io.wadi.ingest.tls.Certificates;
import io.wadi.runtime.telemetry.Traces;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.util.URISupport;

/**
 * The engine of Camel's {@code platform-http} component for ingest. A route runs on the event loop of its request's
 * connection, so that no step may block. Endpoints with other options than {@value #OPTIONS} are rejected.
 */
public final class IngestEngine implements PlatformHttpEngine {
    /** The options of endpoints that are honored. */
    private static final String OPTIONS = "httpMethodRestrict, matchOnUriPrefix, useStreaming";

    private final MeterRegistry meters;
    private final Traces traces;
    private final RequestPolicy policy;
    private final Options options;
    private final CrossOrigin crossOrigin;
    private IngestServer server;

    /**
     * Creates an engine; its port opens with the first route.
     *
     * @throws IllegalArgumentException if one of the origins is invalid
     */
    public IngestEngine(MeterRegistry meters, Traces traces, RequestPolicy policy, Options options) {
        this.meters = meters;
        this.traces = traces;
        this.policy = policy;
        this.options = options;
        this.crossOrigin = new CrossOrigin(options.origins(), options.recordHeaders());
    }

    /**
     * The policy that determines which requests are admitted.
     *
     * @param admission decides on each request
     * @param topic the topic of a request without a path parameter {@code topic}
     * @param pixelTopic the topic of a pixel request without a topic in its query
     * @param isOpen returns whether the route with an id accepts requests now
     */
    public record RequestPolicy(Admission admission, String topic, String pixelTopic, Predicate<String> isOpen) {}

    /**
     * The limits of bodies.
     *
     * @param maxBodyBytes maximum size of a body that is read into memory
     * @param maxStreamBytes maximum size of a body that is streamed
     * @param windowBytes maximum bytes of one request that are in flight to Kafka
     */
    public record Bodies(long maxBodyBytes, long maxStreamBytes, long windowBytes) {}

    /**
     * The server's settings.
     *
     * @param host the address that the server binds to
     * @param port the port that the server binds to
     * @param loops the number of event loops
     * @param origins the origins from which a browser may send
     * @param recordHeaders the request headers that become record headers of any topic, in lower case
     * @param maxUriBytes maximum length of the request line
     * @param maxHeaderBytes maximum total size of a request's headers
     * @param bodies the limits of bodies
     * @param maxConnections maximum number of connections
     * @param maxStreams maximum concurrent requests of an HTTP/2 connection
     * @param headersWithin timeout from the beginning of a connection to the end of its first request's headers
     * @param idle timeout of a connection between requests
     * @param bodyBytesPerSecond minimum rate of a body, over ten seconds; 0 for no minimum
     * @param maxWait event-loop delay above which requests of a backlogged client are rejected
     * @param tls supplies the TLS context of new connections, from {@link Certificates}; empty for HTTP without TLS
     */
    public record Options(
            String host,
            int port,
            int loops,
            List<String> origins,
            List<String> recordHeaders,
            int maxUriBytes,
            int maxHeaderBytes,
            Bodies bodies,
            int maxConnections,
            int maxStreams,
            Duration headersWithin,
            Duration idle,
            long bodyBytesPerSecond,
            Duration maxWait,
            Optional<Supplier<SslContext>> tls) {
        private static final Duration MEASURING_INTERVAL = Duration.ofSeconds(10);

        ConnectionLimits guard() {
            return new ConnectionLimits(headersWithin, idle, bodyBytesPerSecond, MEASURING_INTERVAL);
        }

        Http2Limits http2() {
            return new Http2Limits(maxUriBytes, maxHeaderBytes, maxStreams);
        }
    }

    /**
     * Creates the consumer of an endpoint.
     *
     * @throws IllegalArgumentException if the endpoint has an option that is not honored
     */
    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        requireHonored(endpoint);
        return new IngestConsumer(
                endpoint, processor, open(endpoint.getCamelContext()), policy, options.bodies(), meters, traces);
    }

    private static void requireHonored(PlatformHttpEndpoint endpoint) {
        String uri = endpoint.getEndpointUri();
        Set<String> others = new TreeSet<>();
        if (uri.contains("?")) {
            try {
                others.addAll(URISupport.parseQuery(uri.substring(uri.indexOf('?') + 1), false, true)
                        .keySet());
            } catch (URISyntaxException e) {
                throw new IllegalArgumentException("platform-http:" + endpoint.getPath() + ": invalid options", e);
            }
        }
        others.removeAll(List.of(OPTIONS.split(", ", -1)));
        if (!others.isEmpty()) {
            throw new IllegalArgumentException(
                    "platform-http:%s: found %s, which the event endpoint does not support: expected only %s"
                            .formatted(endpoint.getPath(), String.join(", ", others), OPTIONS));
        }
    }

    /**
     * Returns the server; the first call opens its port. Requests get 503 until their route has started. The Camel
     * context closes the port after its routes.
     */
    private synchronized IngestServer open(CamelContext context) {
        if (server == null) {
            RejectionCounts rejections = new RejectionCounts(meters);
            RequestDispatcher dispatch = new RequestDispatcher(
                    crossOrigin, context::isStarted, new TopicResolver(policy.pixelTopic()), rejections);
            IngestServer opened = new IngestServer(
                    CamelContextHelper.findSingleByType(context, Vertx.class),
                    options,
                    dispatch,
                    policy.admission(),
                    rejections,
                    meters);
            try {
                context.addService(opened);
            } catch (Exception e) {
                throw RuntimeCamelException.wrapRuntimeCamelException(e);
            }
            ServiceHelper.startService(opened);
            context.addLifecycleStrategy(new LifecycleStrategySupport() {
                @Override
                public void onRoutesRemove(Collection<Route> routes) {
                    if (!context.isStopping()) {
                        routes.forEach(route -> dispatch.remove(
                                target -> IngestConsumer.isStoppedConsumerOf(target, route.getRouteId())));
                    }
                }
            });
            server = opened;
        }
        return server;
    }

    /**
     * Holds new requests for these endpoints while their routes are replaced, until the returned action runs. There is
     * no timeout; the limits of connections and of HTTP/2 streams bound the number of held requests, which are dropped
     * when their clients disconnect. Their heads are charged to their connections.
     */
    public Runnable hold(Collection<PlatformHttpEndpoint> endpoints) {
        RequestDispatcher dispatch;
        synchronized (this) {
            if (server == null) {
                return () -> {};
            }
            dispatch = server.dispatch();
        }
        return dispatch.hold(dispatch.targets(
                target -> target instanceof IngestConsumer consumer && endpoints.contains(consumer.getEndpoint())))
                ::close;
    }

    @Override
    public int getServerPort() {
        return options.port();
    }
}
