package io.wadi.runtime.health;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline that is started but does no work: the thread of a flow has ended, or an event loop runs no tasks. */
@Nightly(perChange = "ProcessLivenessTest")
final class LostThreadsIT {
    @TempDir
    private Path directory;

    @Test
    void endedConsumerThread_failsLiveness_withRouteAndThread() throws Exception {
        String topic = "lost-" + UUID.randomUUID();
        try (RunningWadi wadi = start(topic, """
                - route:
                    id: dying
                    from:
                      uri: kafka:%s
                      parameters:
                        groupId: %s
                        additionalProperties.interceptor.classes: %s
                      steps:
                        - log: read
                """.formatted(topic, topic, DyingConsumer.class.getName()))) {
            awaitLive(wadi);

            KafkaProbe.send(new ProducerRecord<>(topic, "any".getBytes(UTF_8)));

            awaitNotLive(
                    wadi,
                    "route dying: 0 of 1 consumer threads are active; Camel",
                    "KafkaConsumer[%s]".formatted(topic),
                    "LinkageError: of the test");
        }
    }

    @Test
    void blockedEventLoop_failsLiveness_withTheThread() throws Exception {
        String topic = "lost-" + UUID.randomUUID();
        try (RunningWadi wadi = start(topic, """
                - beans:
                    - name: blocked-loop
                      type: %s
                - route:
                    id: blocking
                    from:
                      uri: platform-http:/block
                      steps:
                        - process: {ref: blocked-loop}
                """.formatted(BlockedLoop.class.getName()))) {
            awaitLive(wadi);
            CompletableFuture<?> answer = HttpClient.newHttpClient()
                    .sendAsync(
                            HttpRequest.newBuilder(URI.create(wadi.eventsUrl() + "/block"))
                                    .build(),
                            BodyHandlers.discarding());
            try {
                awaitNotLive(wadi, "event loop vert.x-eventloop-thread-", "has run no task since");
                assertThat(answer).isNotDone();
            } finally {
                BlockedLoop.release();
            }
            awaitLive(wadi);
        }
    }

    private RunningWadi start(String topic, String routes) throws Exception {
        Path file = Files.createDirectory(directory.resolve("routes")).resolve("lost.camel.yaml");
        Files.writeString(file, routes);
        return RunningWadi.startWithTopic(
                directory,
                topic,
                1,
                Map.of(
                        "wadi.health.probe-interval", "200ms",
                        "wadi.health.down-after", "1s",
                        "wadi.health.up-after", "500ms"));
    }

    /** Also needed after the start, because liveness fails until its first check has completed. */
    private static void awaitLive(RunningWadi wadi) {
        await().until(() -> liveness(wadi) == 200);
    }

    private static void awaitNotLive(RunningWadi wadi, String... fragments) {
        await().until(() -> liveness(wadi) == 503);
        await().untilAsserted(() -> assertThat(
                        Http.get(wadi.managementUrl() + "/observe/health").body())
                .contains(fragments));
    }

    private static int liveness(RunningWadi wadi) throws Exception {
        return Http.get(wadi.managementUrl() + "/observe/health/live").statusCode();
    }
}
