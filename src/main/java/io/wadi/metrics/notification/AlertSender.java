package io.wadi.metrics.notification;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.Backoff;
import io.wadi.kafka.Causes;
import io.wadi.metrics.notification.WebhookException.Cause;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one Alertmanager what stands on the board, on a thread of its own: changes together, soon after they are known, and
 * everything at an interval. What fails is tried again for ever, after a growing pause and in its newest state then.
 */
final class AlertSender implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertSender.class);
    /** Changes that come within this time of each other are told together. */
    private static final long GATHER_MS = 250;
    /** How often it looks whether everything is due again. */
    private static final long LOOK_MS = 1000;

    private static final int MOST_SAID = 20;

    private final String address;
    private final AlertBoard board;
    private final Outlet outlet;
    private final long resendMs;
    private final NotifiedAlerts told;
    private final NotificationMeters meters;
    private final CountDownLatch stopped;
    private final long begin = System.nanoTime();
    private volatile long lastTaken = begin;
    private long seen;
    private long plannedAt;
    private int failures;
    private long saidInterval = -1;
    private int saidInInterval;

    /** Sends a body to an address, and returns when it is taken. */
    interface Outlet {
        void send(String address, byte[] body) throws Exception;
    }

    /**
     * How alerts are told.
     *
     * @param resend how often each is told
     * @param most in one request
     */
    record Pace(Duration resend, int most) {}

    /** Takes the address of Alertmanager's alerts, what is to be told and how, and what says that this is to end. */
    AlertSender(
            String address,
            AlertBoard board,
            Outlet outlet,
            Pace pace,
            NotificationMeters meters,
            CountDownLatch stopped) {
        this.address = address;
        this.board = board;
        this.outlet = outlet;
        this.resendMs = pace.resend().toMillis();
        this.told = new NotifiedAlerts(resendMs, pace.most());
        this.meters = meters;
        this.stopped = stopped;
    }

    @Override
    public void run() {
        try {
            while (stopped.getCount() > 0) {
                plan();
                List<KnownAlert> next = told.next();
                if (!next.isEmpty()) {
                    tell(next);
                } else if (board.awaitChange(seen, LOOK_MS)) {
                    stopped.await(GATHER_MS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        told.plan(board.alerts(), ticks());
        if (told.untold() > 0) {
            LOG.warn("{}: stopped before {} changed alerts were told; the next start tells them", address, untold());
        }
    }

    /** A long plan is made anew where there are changes, so that they come first. */
    private void plan() {
        long now = ticks();
        if (told.isPlanDone() || (board.version() != seen && now - plannedAt >= GATHER_MS)) {
            seen = board.version();
            plannedAt = now;
            told.plan(board.alerts(), now);
        }
    }

    private void tell(List<KnownAlert> alerts) throws InterruptedException {
        try {
            outlet.send(
                    address,
                    KnownAlert.body(alerts, Clock.systemUTC().millis(), resendMs)
                            .getBytes(UTF_8));
            told.taken(alerts, ticks());
            taken(alerts.size());
        } catch (WebhookException e) {
            meters.failed(address, e.reason());
            if (e.reason() == Cause.REFUSED) {
                refused(alerts, e);
            } else {
                failed(alerts, e);
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            meters.failed(address, Cause.UNREACHABLE);
            failed(alerts, e);
        }
    }

    private void taken(int alerts) {
        if (failures > 1) {
            LOG.info("{}: takes alerts again, after {} failures", address, failures);
        }
        failures = 0;
        lastTaken = System.nanoTime();
        meters.taken(address, alerts);
    }

    private void refused(List<KnownAlert> alerts, WebhookException e) {
        failures = 0;
        told.refused(alerts, ticks());
        if (alerts.size() > 1) {
            LOG.warn(
                    "{}: refused {} alerts, which are told one by one now: {}", address, alerts.size(), e.getMessage());
        } else {
            meters.refused(address);
            sayRefused(alerts.get(0).key(), e);
        }
    }

    /** Some of them in each interval, where there are many. */
    private void sayRefused(String alert, WebhookException e) {
        long interval = ticks() / resendMs;
        saidInInterval = interval == saidInterval ? saidInInterval + 1 : 1;
        saidInterval = interval;
        if (saidInInterval <= MOST_SAID) {
            LOG.warn(
                    "{}: refused the alert {}, which is told again by itself within {} ms{}: {}",
                    address,
                    alert,
                    resendMs,
                    saidInInterval == MOST_SAID ? ", and others that are not said before" : "",
                    e.getMessage());
        }
    }

    /** The first failure in a row may be a connection that was idle for too long. */
    private void failed(List<KnownAlert> alerts, Exception e) throws InterruptedException {
        failures++;
        told.dropPlan();
        Duration pause = Backoff.after(failures);
        if (failures > 1) {
            LOG.warn(
                    "{}: {} alerts could not be told, {} failures in a row, again in {} ms: {}",
                    address,
                    alerts.size(),
                    failures,
                    pause.toMillis(),
                    Causes.inShort(e));
        }
        stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private long ticks() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }

    String address() {
        return address;
    }

    int untold() {
        return told.untold();
    }

    double secondsSinceTaken() {
        return (System.nanoTime() - lastTaken) / 1e9;
    }
}
