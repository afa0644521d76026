package io.wadi.metrics.notification;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.Backoff;
import io.wadi.kafka.Causes;
import io.wadi.metrics.notification.WebhookException.Cause;
import io.wadi.runtime.config.Excerpt;
import io.wadi.runtime.config.Units;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.util.function.ThrowingBiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task that sends the board's alerts to one Alertmanager: changes in batches soon after they are read, and all alerts
 * once per resend interval. Failed requests are retried without limit, with backoff, and with the state that the alerts
 * then have, after other alerts and in smaller requests.
 */
final class AlertSender implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertSender.class);
    /** Changes within this time are sent in one batch. */
    private static final long BATCH_DELAY_MS = 250;
    /** The interval of checking whether the resend of all alerts is due. */
    private static final long RESEND_CHECK_MS = 1000;

    private static final int MAX_LOGGED = 20;
    /** The maximum of a logged key, in characters. */
    private static final int MAX_KEY = 400;

    private final String address;
    private final AlertBoard board;
    /** Sends a request body to an address and returns once the response is 2xx. */
    private final ThrowingBiConsumer<String, byte[], Exception> transport;

    private final long resendMs;
    private final NotifiedAlerts notifiedAlerts;
    private final NotificationMeters meters;
    private final CountDownLatch stopped;
    private final long begin = System.nanoTime();
    private volatile long lastAccepted = begin;
    private long seen;
    private long plannedAt;
    private int failures;
    private long loggedInterval = -1;
    private int loggedInInterval;

    /**
     * The resend interval and batch size.
     *
     * @param maxAlerts alerts per request
     */
    record Schedule(Duration resend, int maxAlerts) {}

    AlertSender(
            String address,
            AlertBoard board,
            ThrowingBiConsumer<String, byte[], Exception> transport,
            Schedule schedule,
            NotificationMeters meters,
            CountDownLatch stopped) {
        this.address = address;
        this.board = board;
        this.transport = transport;
        this.resendMs = schedule.resend().toMillis();
        this.notifiedAlerts = new NotifiedAlerts(resendMs, schedule.maxAlerts());
        this.meters = meters;
        this.stopped = stopped;
    }

    @Override
    public void run() {
        try {
            while (stopped.getCount() > 0) {
                plan();
                List<KnownAlert> next = notifiedAlerts.next();
                if (!next.isEmpty()) {
                    send(next);
                } else if (board.awaitChange(seen, RESEND_CHECK_MS)) {
                    stopped.await(BATCH_DELAY_MS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        notifiedAlerts.plan(board.alerts(), ticks());
        if (notifiedAlerts.unsent() > 0) {
            LOG.warn(
                    "Alertmanager {}: stopped with {} changed alerts unsent; they are sent after the next start",
                    address,
                    unsent());
        }
    }

    /** Replaces an unfinished plan when alerts have changed, so that the changes are sent first. */
    private void plan() {
        long now = ticks();
        if (notifiedAlerts.isPlanDone() || (board.version() != seen && now - plannedAt >= BATCH_DELAY_MS)) {
            seen = board.version();
            plannedAt = now;
            notifiedAlerts.plan(board.alerts(), now);
        }
    }

    private void send(List<KnownAlert> alerts) throws InterruptedException {
        try {
            transport.accept(
                    address,
                    KnownAlert.body(alerts, Clock.systemUTC().millis(), resendMs)
                            .getBytes(UTF_8));
            notifiedAlerts.accepted(alerts, ticks());
            accepted(alerts.size());
        } catch (WebhookException e) {
            meters.failed(address, e.reason());
            if (e.reason() == Cause.REJECTED) {
                rejected(alerts, e);
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

    private void accepted(int alerts) {
        if (failures > 1) {
            LOG.info("Alertmanager {}: recovered after {} failed requests", address, failures);
        }
        failures = 0;
        lastAccepted = System.nanoTime();
        meters.accepted(address, alerts);
    }

    private void rejected(List<KnownAlert> alerts, WebhookException e) {
        failures = 0;
        notifiedAlerts.rejected(alerts, ticks());
        if (alerts.size() > 1) {
            LOG.warn(
                    "Alertmanager {}: rejected a request of {} alerts; sending them one by one: {}",
                    address,
                    alerts.size(),
                    e.getMessage());
        } else {
            meters.rejected(address);
            logRejected(alerts.get(0).key(), e);
        }
    }

    /** Logs at most {@link #MAX_LOGGED} rejections per resend interval. */
    private void logRejected(String alert, WebhookException e) {
        long interval = ticks() / resendMs;
        loggedInInterval = interval == loggedInterval ? loggedInInterval + 1 : 1;
        loggedInterval = interval;
        if (loggedInInterval <= MAX_LOGGED) {
            LOG.warn(
                    "Alertmanager {}: rejected alert {}; retrying it alone within {}{}: {}",
                    address,
                    Excerpt.of(alert, MAX_KEY),
                    Units.text(Duration.ofMillis(resendMs)),
                    loggedInInterval == MAX_LOGGED ? " (further rejections are not logged until then)" : "",
                    e.getMessage());
        }
    }

    /** The first failure in a row is not logged: it may be an idle connection that the server has closed. */
    private void failed(List<KnownAlert> alerts, Exception e) throws InterruptedException {
        failures++;
        notifiedAlerts.failed(alerts);
        Duration pause = Backoff.after(failures);
        if (failures > 1) {
            LOG.warn(
                    "Alertmanager {}: sending {} failed ({} failures in a row), retrying in {}: {}",
                    address,
                    alerts.size() == 1
                            ? "alert " + Excerpt.of(alerts.get(0).key(), MAX_KEY)
                            : alerts.size() + " alerts",
                    failures,
                    Units.text(pause),
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

    int unsent() {
        return notifiedAlerts.unsent();
    }

    double secondsSinceAccepted() {
        return (System.nanoTime() - lastAccepted) / 1e9;
    }
}
