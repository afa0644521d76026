package io.wadi.ingest.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Vertx;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.auth.TlsCertificate;
import io.wadi.ingest.browser.CrossOrigin;
import io.wadi.runtime.telemetry.Traces;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
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

/**
 * Camel's {@code platform-http} on a server for ingest: a route runs on the event loop of its request's connection, so
 * no step may block. Of an endpoint's options {@code httpMethodRestrict}, {@code matchOnUriPrefix} and {@code
 * useStreaming} are supported.
 */
public final class IngestEngine implements PlatformHttpEngine {
    private final MeterRegistry meters;
    private final Traces traces;
    private final Door door;
    private final Options options;
    private final CrossOrigin crossOrigin;
    private IngestServer server;

    /**
     * Takes who keeps its meters and begins its spans, who is let in, and what the server is made of; it opens with the first route, so that a context without one
     * has no port.
     *
     * @throws IllegalArgumentException where one of the origins is none
     */
    public IngestEngine(MeterRegistry meters, Traces traces, Door door, Options options) {
        this.meters = meters;
        this.traces = traces;
        this.door = door;
        this.options = options;
        this.crossOrigin = new CrossOrigin(options.origins());
    }

    /**
     * Who is let in.
     *
     * @param admission decides on each request
     * @param topic what a request is for whose path has no parameter of the name {@code topic}
     * @param pixelTopic what a pixel is for whose query names no topic
     * @param isOpen whether a route takes requests now, by its id
     */
    public record Door(Admission admission, String topic, String pixelTopic, Predicate<String> isOpen) {}

    /**
     * How large bodies may be.
     *
     * @param maxBodyBytes of one that is read whole
     * @param maxStreamBytes of one that is read as it comes
     * @param windowBytes of a request on its way to Kafka at a time
     */
    public record Bodies(long maxBodyBytes, long maxStreamBytes, long windowBytes) {}

    /**
     * What the server is made of.
     *
     * @param host the address it binds to
     * @param port its port
     * @param loops event loops that share the port; 0 for half of the processors, at least one
     * @param origins the origins that a browser may send from
     * @param maxUriBytes the longest request line
     * @param maxHeaderBytes all headers of a request
     * @param bodies how large bodies may be
     * @param maxConnections connections up to which more are taken
     * @param maxStreams requests that an HTTP/2 connection may have begun at a time
     * @param headersWithin how long a connection may take from its beginning to the end of its first request's headers
     * @param idle how long it may do nothing between requests
     * @param bodyBytesPerSecond how fast a body must come, over ten seconds; 0 for any speed
     * @param maxWait how long a request that may be refused for it waits for its event loop, where that is behind
     * @param tls what new connections are encrypted with, made by {@link IngestEngine#tls}; none for HTTP without TLS
     */
    public record Options(
            String host,
            int port,
            int loops,
            List<String> origins,
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
        private static final Duration STRETCH = Duration.ofSeconds(10);

        ConnectionGuard.Limits guard() {
            return new ConnectionGuard.Limits(headersWithin, idle, bodyBytesPerSecond, STRETCH);
        }

        Http2Limits http2() {
            return new Http2Limits(maxUriBytes, maxHeaderBytes, maxStreams);
        }
    }

    /**
     * What connections are encrypted with, who show this certificate.
     *
     * @throws IllegalArgumentException where TLS cannot be spoken with it: it says why
     */
    public static SslContext tls(TlsCertificate certificate) {
        return IngestTls.context(certificate);
    }

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        return new IngestConsumer(
                endpoint, processor, open(endpoint.getCamelContext()), door, options.bodies(), meters, traces);
    }

    /** Until a route has started its requests are answered with 503; the context closes the port after the routes have stopped. */
    private synchronized IngestServer open(CamelContext context) {
        if (server == null) {
            RequestDispatcher dispatch =
                    new RequestDispatcher(crossOrigin, context::isStarted, new TopicResolver(door.pixelTopic()));
            IngestServer opened = new IngestServer(
                    CamelContextHelper.findSingleByType(context, Vertx.class),
                    options,
                    dispatch,
                    door.admission(),
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
                        routes.forEach(route ->
                                dispatch.remove(target -> IngestConsumer.wasLeftBy(target, route.getRouteId())));
                    }
                }
            });
            server = opened;
        }
        return server;
    }

    /**
     * Has the requests for some endpoints wait, from those that come now on, until what it returns is run: their routes are replaced meanwhile.
     * They wait as long as that takes, with as many connections as there may be.
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
