package io.wadi.metrics.notification;

import static io.wadi.metrics.notification.AlertRecords.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.metrics.alerts.Alert.State;
import io.wadi.metrics.notification.AlertRecords.Written;
import io.wadi.metrics.notification.Hook.Received;
import io.wadi.testing.Alertmanager;
import io.wadi.testing.Nightly;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped route with a real Alertmanager and a receiver of its notifications. */
@Nightly(
        perChange = {
            "AlertBoardTest",
            "AlertNotificationsIT#alerts_areSentTogether_resent_andResolved_andPendingOnesAreNotSent",
            "NotifiedAlertsTest"
        })
class AlertmanagerIT {
    private static final long NOW = System.currentTimeMillis();
    private static final long BEGAN = NOW - 120_000;
    private static final long FIRED = NOW - 60_000;

    @TempDir
    private Path directory;

    private Hook receiver;
    private Alertmanager alertmanager;
    private NotifyingWadi wadi;

    @BeforeEach
    void start() throws Exception {
        receiver = new Hook();
        Optional<Alertmanager> found = Alertmanager.start(directory, """
                route: {receiver: people, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}
                receivers:
                  - name: people
                    webhook_configs: [{url: "%s/people"}]
                """.formatted(receiver.url()));
        assumeTrue(found.isPresent(), Alertmanager.MISSING);
        alertmanager = found.get();
        wadi = notifying("1s");
    }

    /** Returns a pipeline with alerts that end four of these intervals after they were sent last. */
    private NotifyingWadi notifying(String resendInterval) throws Exception {
        return new NotifyingWadi(
                directory,
                Map.of(
                        "wadi.alerts.webhook.resend-interval",
                        resendInterval,
                        "wadi.alerts.webhook.urls",
                        alertmanager.url(),
                        "wadi.alerts.webhook.link",
                        "https://grafana.example/d/host?var-host={host}"));
    }

    @AfterEach
    void stop() {
        if (wadi != null) {
            wadi.close();
        }
        if (alertmanager != null) {
            alertmanager.close();
        }
        receiver.close();
    }

    private static Written firing(String host) {
        return alert(host, State.FIRING, BEGAN, FIRED);
    }

    private List<String> active() {
        return alertmanager.alerts().stream()
                .map(each -> each.at("/labels/host").asText())
                .sorted()
                .toList();
    }

    private List<JsonNode> notifications(String status) {
        return receiver.received().stream()
                .map(Received::body)
                .filter(body -> body.path("status").asText().equals(status))
                .toList();
    }

    @Test
    void alerts_areActive_groupedInNotifications_keptAcrossARestart_andResolved() throws Exception {
        // Alerts end one minute after they were sent, which is after the restart.
        wadi = notifying("15s");
        wadi.write(firing("web-01"), firing("web-02"), alert("web-03", State.PENDING, BEGAN, BEGAN));
        wadi.start();
        await().until(() -> active().equals(List.of("web-01", "web-02")));

        JsonNode first = alertmanager.alerts().stream()
                .filter(each -> each.at("/labels/host").asText().equals("web-01"))
                .findFirst()
                .orElseThrow();
        assertThat(first.at("/labels/alertname").asText()).isEqualTo("HostCpuHigh");
        assertThat(first.at("/annotations/summary").asText()).isEqualTo("web-01: cpu at 93%");
        assertThat(first.at("/generatorURL").asText()).isEqualTo("https://grafana.example/d/host?var-host=web-01");
        assertThat(Instant.parse(first.at("/startsAt").asText())).isEqualTo(Instant.ofEpochMilli(FIRED));
        JsonNode group = await().until(
                        () -> notifications("firing").stream()
                                .filter(each -> each.path("alerts").size() == 2)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        assertThat(group.path("groupLabels").toString()).isEqualTo("{\"alertname\":\"HostCpuHigh\"}");

        wadi.stop();
        wadi.write(alert("web-02", State.RESOLVED, BEGAN, NOW));
        wadi.start();
        await().until(() -> active().equals(List.of("web-01")));
        assertThat(Instant.parse(alertmanager.alerts().get(0).at("/startsAt").asText()))
                .isEqualTo(Instant.ofEpochMilli(FIRED));

        wadi.write(alert("web-01", State.RESOLVED, BEGAN, NOW));
        await().until(() -> active().isEmpty());
        await().until(() -> !notifications("resolved").isEmpty());
        assertThat(notifications("resolved")).hasSize(1);
    }

    @Test
    void restartedAlertmanager_getsAllAlertsAgain() throws Exception {
        wadi.write(firing("web-01"));
        wadi.start();
        await().until(() -> active().equals(List.of("web-01")));
        alertmanager.kill();
        wadi.write(firing("web-02"));

        alertmanager.start();

        await().until(() -> active().equals(List.of("web-01", "web-02")));
    }

    @Test
    void alertThatIsNoLongerSent_isResolvedByAlertmanager() throws Exception {
        wadi.write(firing("web-01"));
        wadi.start();
        await().until(() -> active().equals(List.of("web-01")));

        wadi.stop();

        await().until(() -> active().isEmpty());
    }

    @Test
    void alertRejectedByAlertmanager_doesNotDelayOthers() throws Exception {
        String bad = firing("").value().replaceFirst("\"labels\":\\{[^}]*}", "\"labels\":{\"alertname\":\"\"}");
        wadi.write(new Written("bad", bad));
        wadi.write(firing("web-01"), firing("web-02"));
        wadi.start();

        await().until(() -> active().equals(List.of("web-01", "web-02")));
        await().until(() -> wadi.meter("wadi_alerts_webhook_sent_total", "result", "rejected") >= 1);
        assertThat(wadi.meter("wadi_alerts_webhook_sent_total", "result", "accepted"))
                .isGreaterThanOrEqualTo(2);
    }
}
