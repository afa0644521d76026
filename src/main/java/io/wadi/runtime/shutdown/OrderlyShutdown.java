package io.wadi.runtime.shutdown;

import io.wadi.kafka.InFlightRecords;
import io.wadi.runtime.config.Units;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.impl.engine.DefaultShutdownStrategy;
import org.apache.camel.spi.RouteStartupOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shutdown strategy that stops routes in phases, upstream routes first ({@link StopOrder}). It waits for the work in
 * flight of each route; a stuck route delays the next phase only until the deadline of its phase. Offsets are committed
 * only after their records are completed, so unfinished work is repeated at the next start.
 *
 * <p>A shutdown of the whole context first sets readiness down and pauses, so that load balancers stop sending
 * requests. {@link #conclude} reports it after all resources are closed. A single route is stopped within the caller's
 * timeout and reported immediately.
 */
public final class OrderlyShutdown extends DefaultShutdownStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(OrderlyShutdown.class);
    private static final Logger JSON = LoggerFactory.getLogger("io.wadi.stop.report");

    /** How long aborted routes may take to release their resources before the next phase begins. */
    private static final Duration ABORT_TIMEOUT = Duration.ofMillis(500);

    private final StopOptions options;
    private final InFlightRecords records;
    private volatile boolean stopping;
    private long beginNanos;
    /** Empty until all routes were stopped or abandoned. */
    private Optional<List<RouteReport>> routes = Optional.empty();

    /** Read without a lock, which a thread holds while it writes the log. */
    private volatile StopReport report;

    private boolean isAbandoned;

    public OrderlyShutdown(CamelContext context, StopOptions options, InFlightRecords records) {
        super(context);
        this.options = options;
        this.records = records;
    }

    @Override
    protected boolean doShutdown(
            CamelContext context,
            List<RouteStartupOrder> all,
            long timeout,
            TimeUnit timeUnit,
            boolean suspendOnly,
            boolean abortAfterTimeout,
            boolean isWholeContext)
            throws Exception {
        // Routes that were never started have no input.
        List<RouteStartupOrder> toStop =
                all.stream().filter(order -> order.getInput() != null).toList();
        if (toStop.isEmpty()) {
            return true;
        }
        if (isWholeContext) {
            stopAll(context, toStop);
            return true;
        }
        if (suspendOnly || abortAfterTimeout) {
            return super.doShutdown(context, toStop, timeout, timeUnit, suspendOnly, abortAfterTimeout, false);
        }
        long begin = System.nanoTime();
        Duration within = Duration.ofNanos(timeUnit.toNanos(timeout));
        log(new StopReport(stop(context, toStop, within, begin + within.toNanos()), millisSince(begin), List.of()));
        return true;
    }

    private void stopAll(CamelContext context, List<RouteStartupOrder> toStop) throws InterruptedException {
        // The duration includes the pause if the pause is interrupted.
        begin();
        stopping = true;
        HealthCheckRegistry health = HealthCheckRegistry.get(context);
        if (health != null) {
            health.register(new StoppingHealth(() -> stopping));
        }
        if (!options.pause().isZero()) {
            LOG.info("Readiness is down; the routes are stopped in {}", Units.text(options.pause()));
            new CountDownLatch(1).await(options.pause().toMillis(), TimeUnit.MILLISECONDS);
        }
        begin();
        List<RouteReport> stopped = stop(
                context,
                toStop,
                options.phaseWithin(),
                beginNanos + options.within().toNanos());
        synchronized (this) {
            routes = Optional.of(stopped);
        }
    }

    private synchronized void begin() {
        beginNanos = System.nanoTime();
        routes = Optional.empty();
        if (!isAbandoned) {
            report = null;
        }
    }

    private List<RouteReport> stop(
            CamelContext context, List<RouteStartupOrder> toStop, Duration phaseWithin, long untilNanos)
            throws InterruptedException {
        Map<String, RouteStartupOrder> byId = new LinkedHashMap<>();
        toStop.forEach(order -> byId.put(order.getRoute().getId(), order));
        List<List<RouteFlow>> phases = StopOrder.phases(
                toStop.stream().map(order -> RouteFlows.of(context, order)).toList());
        LOG.info("Stopping {}", describe(phases, byId));
        List<RouteReport> reports = new ArrayList<>();
        for (int phase = 0; phase < phases.size(); phase++) {
            int number = phase + 1;
            List<RouteStop> stops = phases.get(phase).stream()
                    .map(flow -> new RouteStop(context, byId.get(flow.route()), flow, number, records))
                    .toList();
            await(stops, phaseWithin, untilNanos);
            stops.forEach(stop -> reports.add(stop.report()));
        }
        return reports;
    }

    /** Returns whether a route belongs to the management port. */
    public static boolean isInternal(Route route) {
        return route.getEndpoint().getEndpointUri().startsWith("management:");
    }

    private static String describe(List<List<RouteFlow>> phases, Map<String, RouteStartupOrder> byId) {
        return phases.stream()
                .map(phase -> StopReport.named(
                        phase.stream()
                                .map(RouteFlow::route)
                                .filter(route -> !isInternal(byId.get(route).getRoute()))
                                .toList(),
                        phase.size()))
                .collect(Collectors.joining("; then "));
    }

    private static void await(List<RouteStop> stops, Duration within, long untilNanos) throws InterruptedException {
        long begin = System.nanoTime();
        stops.forEach(RouteStop::begin);
        long deadline = begin + Math.min(within.toNanos(), Math.max(0, untilNanos - begin));
        List<RouteStop> stuck = new ArrayList<>();
        for (RouteStop stop : stops) {
            if (!stop.await(deadline)) {
                stuck.add(stop);
            }
        }
        stuck.forEach(stop -> stop.abort("it did not end within " + Units.text(Duration.ofNanos(deadline - begin))));
        for (RouteStop stop : stuck) {
            stop.await(deadline + ABORT_TIMEOUT.toNanos());
        }
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    /**
     * Reports the shutdown of the whole context, after all resources are closed. Has no effect if the shutdown was
     * already reported.
     *
     * @param notClosed the resources that could not be closed, with the reason
     */
    public synchronized void conclude(List<String> notClosed) {
        if (report == null && stopping) {
            List<String> left = new ArrayList<>(notClosed);
            if (routes.isEmpty()) {
                left.add("the routes were not stopped");
            }
            report(millisSince(beginNanos), left);
        }
    }

    /**
     * Reports a shutdown that is given up, even before the first route is stopped. Has no effect if the shutdown was
     * already reported. A shutdown that begins later is not reported.
     *
     * @param elapsed the duration of the shutdown so far
     */
    public synchronized void abandon(String why, Duration elapsed) {
        isAbandoned = true;
        if (report == null) {
            report(stopping ? millisSince(beginNanos) : elapsed.toMillis(), List.of(why));
        }
    }

    private void report(long millis, List<String> notClosed) {
        report = new StopReport(routes.orElse(List.of()), millis, List.copyOf(notClosed));
        stopping = false;
        log(report);
    }

    /** Returns whether a shutdown of the whole context has begun and is not reported yet. */
    public boolean isStopUnreported() {
        return stopping;
    }

    /** Returns the report of the shutdown; empty before {@link #conclude}, or if no route was started. */
    public Optional<StopReport> report() {
        return Optional.ofNullable(report);
    }

    private static void log(StopReport report) {
        List<String> lines = report.lines();
        if (report.isDrained()) {
            LOG.info(lines.get(0));
        } else {
            LOG.warn(lines.get(0));
        }
        lines.stream().skip(1).forEach(LOG::info);
        JSON.info(report.json());
    }
}
