package io.wadi.runtime.shutdown;

import io.wadi.kafka.InFlightRecords;
import io.wadi.kafka.Intercepted;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Service;
import org.apache.camel.Suspendable;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.spi.RouteStartupOrder;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.spi.ShutdownPrepared;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Stops one route on its own thread, so that it can be aborted: suspends its input, waits for its work in flight, and
 * stops its consumer.
 */
final class RouteStop {
    private static final long POLL_MS = 2;

    private final CamelContext context;
    private final RouteStartupOrder order;
    private final RouteFlow flow;
    private final int phase;
    private final InFlightRecords records;
    private final String group;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch aborted = new CountDownLatch(1);
    private final long inFlight;
    private final Thread thread;
    private volatile long beginNanos;
    private volatile long endNanos;
    private volatile String problem;

    RouteStop(CamelContext context, RouteStartupOrder order, RouteFlow flow, int phase, InFlightRecords records) {
        this.context = context;
        this.order = order;
        this.flow = flow;
        this.phase = phase;
        this.records = records;
        this.group = Intercepted.original(order.getInput().getEndpoint()) instanceof KafkaEndpoint kafka
                ? kafka.getConfiguration().getGroupId()
                : null;
        if (group != null) {
            records.takeUnfinished(group);
        }
        this.inFlight = countInFlight();
        this.thread = new Thread(this::run, "wadi-stop-" + flow.route());
        thread.setDaemon(true);
    }

    void begin() {
        beginNanos = System.nanoTime();
        thread.start();
    }

    /** Waits for the end of the stop, at most until this {@link System#nanoTime}; returns whether it has ended. */
    boolean await(long untilNanos) throws InterruptedException {
        return ended.await(Math.max(0, untilNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /** Stops waiting for work in flight, and interrupts the thread. */
    void abort(String why) {
        problem = why;
        aborted.countDown();
        thread.interrupt();
    }

    RouteReport report() {
        long end = ended.getCount() == 0 ? endNanos : System.nanoTime();
        return new RouteReport(
                flow.route(),
                OrderlyShutdown.isInternal(order.getRoute()),
                phase,
                group == null ? "exchanges" : "records",
                inFlight,
                countLeft(),
                (end - beginNanos) / 1_000_000,
                problem);
    }

    private long countInFlight() {
        return group == null ? exchanges() : records.inFlight(group);
    }

    private long countLeft() {
        return group == null ? exchanges() : records.inFlight(group) + records.takeUnfinished(group);
    }

    private long exchanges() {
        long pending = 0;
        for (Service service : order.getServices()) {
            for (Service child : ServiceHelper.getChildServices(service)) {
                if (child instanceof ShutdownAware aware) {
                    pending += aware.getPendingExchangesSize();
                }
            }
        }
        return pending + context.getInflightRepository().size(order.getRoute().getId());
    }

    // ---- on its own thread

    private void run() {
        try {
            stop();
        } catch (InterruptedException e) {
            // Aborted; the reason is recorded.
            Thread.currentThread().interrupt();
        } catch (RuntimeException | LinkageError e) {
            if (problem == null) {
                problem = "could not be stopped: " + e;
            }
        } finally {
            endNanos = System.nanoTime();
            ended.countDown();
        }
    }

    private void stop() throws InterruptedException {
        Consumer consumer = order.getInput();
        if (flow.readsKafka()) {
            ServiceHelper.stopService(consumer);
        } else if (!isDeferred(consumer)) {
            suspendInput(consumer);
        }
        prepareSteps();
        boolean isWaiting = true;
        while (isWaiting && exchanges() > 0) {
            isWaiting = !aborted.await(POLL_MS, TimeUnit.MILLISECONDS);
        }
        prepare(Set.of(consumer));
        ServiceHelper.stopService(consumer);
        prepareSteps();
    }

    /** Returns whether the route must accept input until it stops, since other routes need it to finish their work. */
    private boolean isDeferred(Consumer consumer) {
        return consumer instanceof ShutdownAware aware
                && aware.deferShutdown(order.getRoute().getShutdownRunningTask());
    }

    private static void suspendInput(Consumer consumer) {
        if (consumer instanceof Suspendable) {
            ServiceHelper.suspendService(consumer);
        } else {
            ServiceHelper.stopService(consumer);
        }
    }

    private void prepareSteps() {
        for (Service service : order.getServices()) {
            if (!(service instanceof Consumer)) {
                prepare(ServiceHelper.getChildServices(service, true));
            }
        }
    }

    private void prepare(Set<? extends Service> services) {
        for (Service service : List.copyOf(services)) {
            if (service instanceof ShutdownPrepared prepared) {
                prepared.prepareShutdown(false, aborted.getCount() == 0);
            }
        }
    }
}
