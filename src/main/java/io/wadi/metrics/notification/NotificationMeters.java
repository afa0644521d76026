package io.wadi.metrics.notification;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * {@code wadi.alerts.webhook.firing}; {@code wadi.alerts.webhook.unreadable}; and by Alertmanager ({@code to}) {@code wadi.alerts.webhook.sent} and
 * {@code wadi.alerts.webhook.requests}, by {@code result}, {@code wadi.alerts.webhook.pending} and {@code wadi.alerts.webhook.since.success}. Thread-safe.
 */
final class NotificationMeters {
    private final MeterRegistry meters;
    private final Queue<Gauge> gauges = new ConcurrentLinkedQueue<>();

    NotificationMeters(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Shows how many alerts of the board fire. */
    void firing(AlertBoard board) {
        gauges.add(Gauge.builder("wadi.alerts.webhook.firing", board, AlertBoard::firing)
                .description("Alerts that fire, as far as this process has read")
                .register(meters));
    }

    /** Shows how far one Alertmanager is behind. */
    void sender(AlertSender sender) {
        gauges.add(Gauge.builder("wadi.alerts.webhook.pending", sender, AlertSender::untold)
                .description("Alerts that have changed and were not told yet")
                .tag("to", sender.address())
                .register(meters));
        gauges.add(Gauge.builder("wadi.alerts.webhook.since.success", sender, AlertSender::secondsSinceTaken)
                .description("How long ago an Alertmanager has last taken a request, or was first to be told")
                .baseUnit("seconds")
                .tag("to", sender.address())
                .register(meters));
    }

    /** Shows no more of what was to be shown: a route that starts again has others. */
    void forgetGauges() {
        gauges.forEach(meters::remove);
        gauges.clear();
    }

    /** A request was taken, with so many alerts. */
    void taken(String to, int alerts) {
        told(to, "taken", alerts);
        request(to, "taken");
    }

    /** A request was not taken. */
    void failed(String to, WebhookException.Cause cause) {
        request(to, cause.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    /** A single alert was refused. */
    void refused(String to) {
        told(to, "refused", 1);
    }

    /** A record of the topic tells of no alert. */
    void unreadable() {
        Counter.builder("wadi.alerts.webhook.unreadable")
                .description("Records of the alerts' topic that tell of no alert, and were left out")
                .register(meters)
                .increment();
    }

    private void told(String to, String result, int alerts) {
        Counter.builder("wadi.alerts.webhook.sent")
                .description("Alerts that Alertmanager has taken or refused, each as often as it was told")
                .tag("to", to)
                .tag("result", result)
                .register(meters)
                .increment(alerts);
    }

    private void request(String to, String result) {
        Counter.builder("wadi.alerts.webhook.requests")
                .description("Requests to Alertmanager, by what came of them")
                .tag("to", to)
                .tag("result", result)
                .register(meters)
                .increment();
    }
}
