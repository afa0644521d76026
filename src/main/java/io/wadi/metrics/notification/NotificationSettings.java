package io.wadi.metrics.notification;

import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.matching;
import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.optional;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of alert notifications. */
public final class NotificationSettings {
    public static final Setting<String> URLS = matching(
            "wadi.alerts.webhook.urls",
            "",
            "(https?://[^\\s,@?#]+(\\s*,\\s*https?://[^\\s,@?#]+)*)?",
            "addresses such as http://alertmanager:9093, separated by commas, without a user or query, or nothing for none",
            "Alertmanagers that receive all alerts; empty: no notifications are sent.");
    public static final Setting<Duration> RESEND_INTERVAL = duration(
            "wadi.alerts.webhook.resend-interval",
            "1m",
            "1s",
            "1h",
            "How often unchanged alerts are sent again; Alertmanager resolves an alert four intervals after the last"
                    + " request.");
    public static final Setting<Duration> ANSWER_TIMEOUT = duration(
            "wadi.alerts.webhook.request-timeout",
            "10s",
            "1s",
            "1m",
            "Response timeout of Alertmanager; the request is then retried.");
    public static final Setting<Long> MAX_ALERTS =
            number("wadi.alerts.webhook.max-alerts", "64", 1, 10000, "Maximum number of alerts per request.");
    public static final Setting<String> USER =
            optional("wadi.alerts.webhook.user", "no user", "User name for basic authentication.");
    public static final Setting<String> PASSWORD =
            optional("wadi.alerts.webhook.password", "no user", "Password for basic authentication.");
    public static final Setting<String> TOKEN = optional(
            "wadi.alerts.webhook.token", "no token", "Bearer token, as an alternative to basic authentication.");
    public static final Setting<String> CA_FILE = optional(
            "wadi.alerts.webhook.ca-file",
            "those of the JDK",
            "CA certificates (PEM) that verify the certificates of Alertmanager; empty: those of the JDK.");
    public static final Setting<String> LINK = matching(
            "wadi.alerts.webhook.link",
            "",
            // Alertmanager rejects an alert with a link that has an invalid escape.
            "(https?://([^\\s{}%]++|%[0-9a-fA-F]{2}|\\{host}|\\{alert})+)?",
            "an http or https address without other placeholders, or nothing for none",
            "Link of an alert (generatorURL); {host} and {alert} are replaced by the alert's values.");

    static final List<Setting<?>> ALL = Setting.declaredIn(NotificationSettings.class);

    private NotificationSettings() {}
}
