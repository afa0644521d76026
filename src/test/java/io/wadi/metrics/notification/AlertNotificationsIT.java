package io.wadi.metrics.notification;

import static io.wadi.metrics.notification.AlertRecords.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.metrics.alerts.Alert.State;
import io.wadi.metrics.notification.AlertRecords.Written;
import io.wadi.metrics.notification.Hook.Received;
import io.wadi.testing.Nightly;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped {@code routes/alert-notifications.camel.yaml} on real Kafka, with faulty HTTP servers. */
class AlertNotificationsIT {
    private static final long NOW = System.currentTimeMillis();
    private static final long BEGAN = NOW - 120_000;
    private static final long FIRED = NOW - 60_000;

    @TempDir
    private static Path directory;

    private Hook hook;
    private NotifyingWadi wadi;

    @BeforeEach
    void listen() throws Exception {
        hook = new Hook();
    }

    @AfterEach
    void stop() {
        wadi.close();
        hook.close();
    }

    private void prepare(Map<String, String> settings) throws Exception {
        wadi = new NotifyingWadi(directory, settings);
    }

    private void start(Written... before) throws Exception {
        prepare(Map.of("wadi.alerts.webhook.urls", hook.url(), "wadi.alerts.webhook.request-timeout", "1s"));
        wadi.write(before);
        wadi.start();
    }

    private static Written firing(String host) {
        return alert(host, State.FIRING, BEGAN, FIRED);
    }

    private static Written resolved(String host) {
        return alert(host, State.RESOLVED, BEGAN, NOW - 1000);
    }

    private static Written[] firing(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> firing("web-" + i)).toArray(Written[]::new);
    }

    private static Set<String> hosts(int from, int to) {
        return new TreeSet<>(IntStream.range(from, to).mapToObj(i -> "web-" + i).toList());
    }

    /** Returns the alerts of a host in accepted requests, in order. */
    private List<JsonNode> sent(Hook to, String host) {
        return to.accepted().stream()
                .flatMap(each -> StreamSupport.stream(each.body().spliterator(), false))
                .filter(alert -> alert.at("/labels/host").asText().equals(host))
                .toList();
    }

    /** Returns whether an alert was sent as resolved; a firing alert has an end time after the time of sending. */
    private static boolean isOver(JsonNode alert) {
        return Instant.parse(alert.path("endsAt").asText()).isBefore(Instant.ofEpochMilli(NOW));
    }

    private void awaitOver(String host) {
        await().until(() -> sent(hook, host).stream().anyMatch(AlertNotificationsIT::isOver));
    }

    private void awaitReported(Hook to, Set<String> hosts) {
        await().until(() -> to.accepted().stream()
                .flatMap(each -> each.hosts().stream())
                .toList()
                .containsAll(hosts));
    }

    @Test
    void alerts_areSentTogether_resent_andResolved_andPendingOnesAreNotSent() throws Exception {
        start(Stream.concat(Stream.of(firing(0, 5)), Stream.of(alert("pending", State.PENDING, BEGAN, BEGAN)))
                .toArray(Written[]::new));
        await().until(() -> hook.accepted().size() >= 3);

        assertThat(hook.accepted()).allSatisfy(request -> {
            assertThat(request.path()).isEqualTo("/api/v2/alerts");
            assertThat(request.hosts()).isEqualTo(hosts(0, 5));
        });
        JsonNode first = hook.accepted().get(0).body().get(0);
        assertThat(first.path("startsAt").asText())
                .isEqualTo(Instant.ofEpochMilli(FIRED).toString());
        assertThat(hook.accepted().get(0).body()).noneMatch(AlertNotificationsIT::isOver);
        assertThat(first.path("labels").toString())
                .isEqualTo("{\"alertname\":\"HostCpuHigh\",\"host\":\"web-0\",\"severity\":\"warning\"}");
        assertThat(first.path("annotations").toString()).isEqualTo("{\"summary\":\"web-0: cpu at 93%\"}");
        assertThat(wadi.meter("wadi_alerts_webhook_firing")).isEqualTo(5);

        wadi.write(resolved("web-3"), firing("more"));
        awaitOver("web-3");
        awaitReported(hook, Set.of("more"));
        assertThat(wadi.meter("wadi_alerts_webhook_firing")).isEqualTo(5);
        assertThat(hook.accepted()).noneMatch(request -> request.hosts().contains("pending"));
    }

    @Test
    void noDataAlert_isSeparateFromTheValueAlert() throws Exception {
        start(firing("web-0"), AlertRecords.noData("web-0", State.FIRING, BEGAN, FIRED));

        awaitReported(hook, Set.of("web-0"));
        assertThat(hook.accepted().get(0).body().findValues("labels"))
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    @Test
    void restartDuringFiringAlerts_resendsThem_andSendsThoseResolvedMeanwhile() throws Exception {
        start(firing(0, 2));
        awaitReported(hook, hosts(0, 2));
        wadi.stop();
        int before = sent(hook, "web-0").size();
        wadi.write(resolved("web-1"));

        wadi.start();
        awaitOver("web-1");

        await().until(() -> sent(hook, "web-0").size() > before);
        assertThat(sent(hook, "web-0"))
                .extracting(alert -> alert.path("startsAt").asText())
                .containsOnly(Instant.ofEpochMilli(FIRED).toString());
        assertThat(sent(hook, "web-0")).noneMatch(AlertNotificationsIT::isOver);
    }

    @Test
    @Nightly(perChange = {"AlertNotificationsIT#restartDuringFiringAlerts_resendsThem_andSendsThoseResolvedMeanwhile"})
    void kill9DuringAFiringAlert_changesNothing() throws Exception {
        prepare(Map.of());
        wadi.write(firing(0, 2));
        try (RouteProcess killed = process()) {
            awaitReported(hook, hosts(0, 2));
            killed.kill();
        }
        wadi.write(resolved("web-1"));

        try (RouteProcess next = process()) {
            awaitOver("web-1");
            assertThat(next.stop()).isZero();
        }
        assertThat(sent(hook, "web-0")).noneMatch(AlertNotificationsIT::isOver);
    }

    private RouteProcess process() throws IOException {
        return RouteProcess.start(
                "alert-notifications",
                line -> {},
                List.of(
                        "-Dwadi.alerts.topic=" + wadi.topic(),
                        "-Dwadi.alerts.webhook.urls=" + hook.url(),
                        "-Dwadi.alerts.webhook.resend-interval=1s"));
    }

    @ParameterizedTest
    @Nightly(
            perChange = {
                "AlertNotificationsIT#unavailableServer_getsTheAlertsWhenItIsBack",
                "NotifiedAlertsTest#failedAlerts_areRetriedWithTheirNewestState",
                "WebhookTest#status_determinesTheCause"
            })
    @CsvSource({"429, overloaded", "500, server-error", "503, server-error", "401, not-served", "0, timeout"})
    void failedNotifications_areRetriedWithTheNewestState(int status, String result) throws Exception {
        prepare(Map.of("wadi.alerts.webhook.urls", hook.url(), "wadi.alerts.webhook.request-timeout", "1s"));
        hook.respondWith(status);
        wadi.write(firing("web-0"));
        wadi.start();
        await().until(() -> hook.received().size() >= 2);
        wadi.write(resolved("web-0"));
        await().until(() -> wadi.meter("wadi_alerts_webhook_firing") == 0);
        List<Received> failed = hook.received();

        hook.respondWith(200);
        awaitOver("web-0");

        for (int i = 1; i < failed.size(); i++) {
            assertThat(failed.get(i).nanos() - failed.get(i - 1).nanos())
                    .as("the growing pause before request %d", i + 1)
                    .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(Math.min(7_500, 150L << Math.min(i - 1, 6))));
        }
        assertThat(hook.accepted().get(0).body()).hasSize(1).allMatch(AlertNotificationsIT::isOver);
        assertThat(wadi.meter("wadi_alerts_webhook_requests_total", "result", result))
                .isGreaterThanOrEqualTo(2);
        assertThat(wadi.meter("wadi_alerts_webhook_sent_total", "result", "accepted"))
                .isPositive();
    }

    @Test
    void unavailableServer_getsTheAlertsWhenItIsBack() throws Exception {
        start(firing("web-0"));
        awaitReported(hook, Set.of("web-0"));
        hook.stop();
        wadi.write(firing("web-1"));
        await().until(() -> wadi.meter("wadi_alerts_webhook_requests_total", "result", "unreachable") >= 2);
        await().until(() -> wadi.meter("wadi_alerts_webhook_pending") == 1);

        hook.start();
        awaitReported(hook, Set.of("web-0", "web-1"));

        await().until(() -> wadi.meter("wadi_alerts_webhook_pending") == 0);
    }

    @Test
    void rejectedAlert_doesNotDelayOthers_andIsRetriedAlone() throws Exception {
        prepare(Map.of("wadi.alerts.webhook.urls", hook.url()));
        hook.respondWith(body -> body.findValuesAsText("host").contains("bad") ? 400 : 200);
        wadi.write(firing(0, 3));
        wadi.write(firing("bad"));
        try (Warnings warnings = new Warnings(AlertSender.class.getName())) {
            wadi.start();
            awaitReported(hook, hosts(0, 3));
            await().until(() -> wadi.meter("wadi_alerts_webhook_sent_total", "result", "rejected") >= 2);

            assertThat(warnings.lines())
                    .anyMatch(line -> line.contains("rejected a request of 4 alerts; sending them one by one: 400 of"))
                    .anyMatch(line -> line.contains("rejected alert HostCpuHigh@bad"));
        }
        List<Received> rejected =
                hook.received().stream().filter(each -> each.status() == 400).toList();
        assertThat(rejected.subList(1, rejected.size()))
                .allMatch(each -> each.body().size() == 1);

        hook.respondWith(200);
        awaitReported(hook, Set.of("bad"));
        await().until(() ->
                hook.accepted().stream().anyMatch(each -> each.body().size() == 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 502})
    void alertForWhichEveryRequestFails_doesNotDelayOthers(int status) throws Exception {
        prepare(Map.of("wadi.alerts.webhook.urls", hook.url()));
        hook.respondWith(body -> body.findValuesAsText("host").contains("bad") ? status : 200);
        wadi.write(firing("bad"));
        wadi.write(firing(0, 3));
        try (Warnings warnings = new Warnings(AlertSender.class.getName())) {
            wadi.start();
            awaitReported(hook, hosts(0, 3));
            await().until(() -> warnings.lines().stream()
                    .anyMatch(line -> line.contains("sending alert HostCpuHigh@bad failed")
                            && line.contains("%d of ".formatted(status))));
            wadi.write(firing("late"));
            awaitReported(hook, Set.of("late"));
        }
        await().until(() -> wadi.meter("wadi_alerts_webhook_pending") == 1);

        hook.respondWith(200);
        awaitReported(hook, Set.of("bad"));
        await().until(() ->
                hook.accepted().stream().anyMatch(each -> each.body().size() == 5));
    }

    @Test
    void severalServers_getAllAlerts_independently() throws Exception {
        try (Hook second = new Hook();
                Hook hanging = new Hook()) {
            hanging.respondWith(Hook.HANG);
            prepare(Map.of(
                    "wadi.alerts.webhook.urls",
                    hook.url() + ", " + second.url() + "/behind/," + hanging.url(),
                    "wadi.alerts.webhook.max-alerts",
                    "2"));
            second.stop();
            wadi.write(firing(0, 5));
            wadi.start();
            awaitReported(hook, hosts(0, 5));
            assertThat(hook.accepted()).allMatch(request -> request.body().size() <= 2);

            second.start();
            awaitReported(second, hosts(0, 5));
            assertThat(second.accepted()).extracting(Received::path).containsOnly("/behind/api/v2/alerts");
            assertThat(hanging.received()).isNotEmpty();
        }
    }

    @Test
    void uncommittedOrInvalidRecords_areNotSent() throws Exception {
        start(firing("web-0"));
        awaitReported(hook, Set.of("web-0"));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        TestServers.shared().ports().kafkaBrokers(),
                        "transactional.id",
                        wadi.topic()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record("web-1")).get();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(new Written("x", "not json").in(wadi.topic()));
            producer.send(record("web-2"));
            producer.commitTransaction();
        }
        awaitReported(hook, Set.of("web-2"));

        assertThat(hook.accepted()).noneMatch(request -> request.hosts().contains("web-1"));
        assertThat(wadi.meter("wadi_alerts_webhook_unreadable_total")).isEqualTo(1);
        assertThat(wadi.meter("wadi_alerts_webhook_firing")).isEqualTo(2);
    }

    private ProducerRecord<byte[], byte[]> record(String host) {
        return firing(host).in(wadi.topic());
    }

    @Test
    void recreatedTopic_isReadFromItsBeginning() throws Exception {
        start(firing("web-0"));
        awaitReported(hook, Set.of("web-0"));

        TopicProbe.recreate(wadi.topic());
        wadi.write(firing(1, 4));

        awaitReported(hook, hosts(1, 4));
        await().until(() -> wadi.meter("wadi_alerts_webhook_firing") == 3);
    }

    @Test
    void unavailableKafka_doesNotResolveAlerts() throws Exception {
        start(firing("web-0"));
        awaitReported(hook, Set.of("web-0"));
        TestServers.shared().kafka().stop();
        try {
            int before = hook.accepted().size();
            await().until(() -> hook.accepted().size() >= before + 3);
            assertThat(sent(hook, "web-0")).noneMatch(AlertNotificationsIT::isOver);
        } finally {
            TestServers.shared().kafka().start();
        }
        wadi.write(resolved("web-0"));
        awaitOver("web-0");
    }
}
