package io.wadi.metrics.notification;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.runtime.config.Units;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The meters {@code wadi.alerts.webhook.*}; those of one Alertmanager have the tag {@code to}. Thread-safe. */
final class NotificationMeters {
    private final MeterRegistry meters;
    private final Queue<Gauge> gauges = new ConcurrentLinkedQueue<>();

    NotificationMeters(MeterRegistry meters) {
        this.meters = meters;
    }

    void firing(AlertBoard board) {
        gauges.add(Gauge.builder("wadi.alerts.webhook.firing", board, AlertBoard::firing)
                .description("Firing alerts in the alerts topic, as read by this process")
                .register(meters));
    }

    void sender(AlertSender sender) {
        gauges.add(Gauge.builder("wadi.alerts.webhook.pending", sender, AlertSender::unsent)
                .description("Changed alerts not yet sent")
                .tag("to", sender.address())
                .register(meters));
        gauges.add(Gauge.builder("wadi.alerts.webhook.since.success", sender, AlertSender::secondsSinceAccepted)
                .description("Time since an Alertmanager last accepted a request, or since the start")
                .baseUnit("seconds")
                .tag("to", sender.address())
                .register(meters));
    }

    /** Removes the gauges: a restarted route registers new ones. */
    void removeGauges() {
        gauges.forEach(meters::remove);
        gauges.clear();
    }

    void accepted(String to, int alerts) {
        sent(to, "accepted", alerts);
        request(to, "accepted");
    }

    void failed(String to, WebhookException.Cause cause) {
        request(to, Units.word(cause));
    }

    void rejected(String to) {
        sent(to, "rejected", 1);
    }

    void unreadable() {
        Counter.builder("wadi.alerts.webhook.unreadable")
                .description("Invalid records of the alerts topic, skipped")
                .register(meters)
                .increment();
    }

    private void sent(String to, String result, int alerts) {
        Counter.builder("wadi.alerts.webhook.sent")
                .description("Alerts that Alertmanager has accepted or rejected, counted once per request")
                .tag("to", to)
                .tag("result", result)
                .register(meters)
                .increment(alerts);
    }

    private void request(String to, String result) {
        Counter.builder("wadi.alerts.webhook.requests")
                .description("Requests to Alertmanager by result")
                .tag("to", to)
                .tag("result", result)
                .register(meters)
                .increment();
    }
}
