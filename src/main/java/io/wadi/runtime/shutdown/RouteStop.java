package io.wadi.runtime.shutdown;

import io.wadi.kafka.InFlightRecords;
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
 * Stops one route: it takes nothing new, what it has begun comes to its end, its consumer stops. On a thread of its own, so that
 * it can be given up.
 */
final class RouteStop {
    private static final long LOOK_AGAIN_MS = 2;

    private final CamelContext context;
    private final RouteStartupOrder order;
    private final RouteFlow flow;
    private final int phase;
    private final InFlightRecords records;
    private final String group;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch givenUp = new CountDownLatch(1);
    private final long inFlight;
    private final Thread thread;
    private volatile long beginNanos;
    private volatile long endNanos;
    private volatile String trouble;

    RouteStop(CamelContext context, RouteStartupOrder order, RouteFlow flow, int phase, InFlightRecords records) {
        this.context = context;
        this.order = order;
        this.flow = flow;
        this.phase = phase;
        this.records = records;
        this.group = order.getInput().getEndpoint() instanceof KafkaEndpoint kafka
                ? kafka.getConfiguration().getGroupId()
                : null;
        if (group != null) {
            records.takeLeft(group);
        }
        this.inFlight = countInFlight();
        this.thread = new Thread(this::run, "wadi-stop-" + flow.route());
        thread.setDaemon(true);
    }

    /** Whether the route stands in a route file; those of the management port do not. */
    static boolean isOfFile(RouteStartupOrder order) {
        return order.getRoute().getSourceLocationShort() != null;
    }

    void begin() {
        beginNanos = System.nanoTime();
        thread.start();
    }

    /** Waits until it has stopped, or until this moment of {@link System#nanoTime}; tells whether it has. */
    boolean await(long untilNanos) throws InterruptedException {
        return ended.await(Math.max(0, untilNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /** What it waits for is not waited for any more; what blocks it is interrupted. */
    void giveUp(String why) {
        trouble = why;
        givenUp.countDown();
        thread.interrupt();
    }

    RouteReport report() {
        long end = ended.getCount() == 0 ? endNanos : System.nanoTime();
        return new RouteReport(
                flow.route(),
                isOfFile(order),
                phase,
                group == null ? "exchanges" : "records",
                inFlight,
                countLeft(),
                (end - beginNanos) / 1_000_000,
                trouble);
    }

    private long countInFlight() {
        return group == null ? exchanges() : records.begun(group);
    }

    private long countLeft() {
        return group == null ? exchanges() : records.begun(group) + records.takeLeft(group);
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
            // It was given up, which is said already.
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            if (trouble == null) {
                trouble = "it could not be stopped: " + e;
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
            takeNothingNew(consumer);
        }
        prepareSteps();
        boolean isWaiting = true;
        while (isWaiting && exchanges() > 0) {
            isWaiting = !givenUp.await(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS);
        }
        prepare(Set.of(consumer));
        ServiceHelper.stopService(consumer);
        prepareSteps();
    }

    /** Whether others still need it to bring their own work to an end. */
    private boolean isDeferred(Consumer consumer) {
        return consumer instanceof ShutdownAware aware
                && aware.deferShutdown(order.getRoute().getShutdownRunningTask());
    }

    private static void takeNothingNew(Consumer consumer) {
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
                prepared.prepareShutdown(false, givenUp.getCount() == 0);
            }
        }
    }
}
