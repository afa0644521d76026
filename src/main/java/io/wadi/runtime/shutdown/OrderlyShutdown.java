package io.wadi.runtime.shutdown;

import io.wadi.kafka.InFlightRecords;
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
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.impl.engine.DefaultShutdownStrategy;
import org.apache.camel.spi.RouteStartupOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops routes in the order in which they feed each other ({@link StopOrder}), those of a phase at a time. What a route has begun
 * is waited for; one that is stuck holds up neither the others of its phase for longer than their own stop takes, nor the next
 * phase for longer than the phase's deadline. Whatever happens, no offset is committed before its record is done: what is left
 * is done again at the next start.
 *
 * <p>A stop of the whole context comes with readiness down first, then the pause for load balancers. It is reported by
 * {@link #conclude}, when everything else is closed too. A single route is stopped within the time that its caller gives, and
 * reported at once.
 */
public final class OrderlyShutdown extends DefaultShutdownStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(OrderlyShutdown.class);
    private static final Logger JSON = LoggerFactory.getLogger("io.wadi.stop.report");

    /** How long routes that were given up may take to let go of what they hold, before the next phase begins. */
    private static final Duration LET_GO_WITHIN = Duration.ofMillis(500);

    private final StopOptions options;
    private final InFlightRecords records;
    private volatile boolean stopping;
    private long beginNanos;
    private List<RouteReport> routes = List.of();
    private StopReport report;

    /** Takes how long stopping may take, and what knows which records are begun. */
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
        // Those that were never started have no input yet.
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
        stopping = true;
        HealthCheckRegistry health = HealthCheckRegistry.get(context);
        if (health != null) {
            health.register(new StoppingHealth(() -> stopping));
        }
        if (!options.pause().isZero()) {
            LOG.info("Not ready any more; stopping begins in {}", options.pause());
            new CountDownLatch(1).await(options.pause().toMillis(), TimeUnit.MILLISECONDS);
        }
        synchronized (this) {
            beginNanos = System.nanoTime();
            report = null;
        }
        List<RouteReport> stopped = stop(
                context,
                toStop,
                options.phaseWithin(),
                beginNanos + options.within().toNanos());
        synchronized (this) {
            routes = stopped;
        }
    }

    private List<RouteReport> stop(
            CamelContext context, List<RouteStartupOrder> toStop, Duration phaseWithin, long untilNanos)
            throws InterruptedException {
        Map<String, RouteStartupOrder> byId = new LinkedHashMap<>();
        toStop.forEach(order -> byId.put(order.getRoute().getId(), order));
        List<List<RouteFlow>> phases = StopOrder.phases(
                toStop.stream().map(order -> RouteFlows.of(context, order)).toList());
        LOG.info("Stopping {}", said(phases, byId));
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

    private static String said(List<List<RouteFlow>> phases, Map<String, RouteStartupOrder> byId) {
        return phases.stream()
                .map(phase -> StopReport.named(
                        phase.stream()
                                .map(RouteFlow::route)
                                .filter(route -> RouteStop.isOfFile(byId.get(route)))
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
        stuck.forEach(stop -> stop.giveUp("it did not end within " + Duration.ofNanos(deadline - begin)));
        for (RouteStop stop : stuck) {
            stop.await(deadline + LET_GO_WITHIN.toNanos());
        }
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    /**
     * Says how the whole context has stopped, once everything that its routes use is closed, or is not waited for any more;
     * only the first time counts.
     *
     * @param notClosed what could not be closed, with the reason
     */
    public synchronized void conclude(List<String> notClosed) {
        if (report == null && stopping) {
            report = new StopReport(routes, millisSince(beginNanos), List.copyOf(notClosed));
            stopping = false;
            log(report);
        }
    }

    /** How the whole context has stopped; nothing before {@link #conclude}. */
    public synchronized Optional<StopReport> report() {
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
