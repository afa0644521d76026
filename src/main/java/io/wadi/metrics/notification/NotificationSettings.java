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
            "(https?://[^\\s,@]+(\\s*,\\s*https?://[^\\s,@]+)*)?",
            "addresses such as http://alertmanager:9093, separated by commas, without a user, or nothing for none",
            "Alertmanagers that are told of alerts, each of all; empty: none is.");
    public static final Setting<Duration> RESEND_INTERVAL = duration(
            "wadi.alerts.webhook.resend-interval",
            "1m",
            "1s",
            "1h",
            "How often alerts that have not changed are told again; four times that after the last they count as over.");
    public static final Setting<Duration> REQUEST_TIMEOUT = duration(
            "wadi.alerts.webhook.request-timeout",
            "10s",
            "1s",
            "1m",
            "What an Alertmanager has not answered in this time is tried again.");
    public static final Setting<Long> MAX_ALERTS =
            number("wadi.alerts.webhook.max-alerts", "64", 1, 10000, "Alerts in one request at most.");
    public static final Setting<String> USER =
            optional("wadi.alerts.webhook.user", "no user", "Who tells them, by basic authentication.");
    public static final Setting<String> PASSWORD =
            optional("wadi.alerts.webhook.password", "no user", "The user's password.");
    public static final Setting<String> TOKEN =
            optional("wadi.alerts.webhook.token", "no token", "A bearer token in place of a user.");
    public static final Setting<String> CA_FILE = optional(
            "wadi.alerts.webhook.ca-file",
            "those of the JDK",
            "Certificates (PEM) of the authority that Alertmanagers' are checked with; empty: those of the JDK.");
    public static final Setting<String> LINK = matching(
            "wadi.alerts.webhook.link",
            "",
            "(https?://\\S+)?",
            "an http or https address, or nothing for none",
            "Where an alert's link leads (generatorURL); {host} and {alert} in it are the alert's.");

    static final List<Setting<?>> ALL =
            List.of(URLS, RESEND_INTERVAL, REQUEST_TIMEOUT, MAX_ALERTS, USER, PASSWORD, TOKEN, CA_FILE, LINK);

    private NotificationSettings() {}
}
