package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.KafkaClients;
import io.wadi.kafka.PartitionStates;
import io.wadi.local.KafkaProcess;
import io.wadi.testing.Http;
import io.wadi.testing.RunningWadi;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Intake while the broker's process is stopped where it stands: nothing is refused by it, nothing is answered. */
class FrozenBrokerIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    /** Far more than a send takes that waits for nothing, far less than one that waits. */
    private static final Duration AT_ONCE = Duration.ofSeconds(10);

    /** The producer waits 3 s for an acknowledgement: a request that waited with it would take longer than this. */
    private static final Duration SHORTER_THAN_AN_ACKNOWLEDGEMENT = Duration.ofMillis(1500);

    private static KafkaProcess kafka;
    private static RunningWadi wadi;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws Exception {
        kafka = KafkaProcess.start(directory);
        wadi = RunningWadi.startIntake(directory.resolve("configuration"), kafka.brokers());
    }

    @AfterAll
    static void stop() {
        wadi.close();
        kafka.close();
    }

    @AfterEach
    void thaw() throws Exception {
        kafka.thaw();
    }

    @Test
    void unrelatedRequests_areAnsweredAsEver_andEventsAreRefusedUntilItGoesOn() throws Exception {
        await().atMost(SOON).until(() -> post().statusCode() == 200);
        kafka.freeze();

        List<CompletableFuture<HttpResponse<String>>> events = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            events.add(CompletableFuture.supplyAsync(FrozenBrokerIT::post, task -> new Thread(task).start()));
        }
        List<Duration> unrelated = new ArrayList<>();
        while (events.stream().anyMatch(each -> !each.isDone())) {
            long begin = System.nanoTime();
            assertThat(Http.get(wadi.eventsUrl() + "/nowhere").statusCode()).isEqualTo(404);
            unrelated.add(Duration.ofNanos(System.nanoTime() - begin));
        }

        assertThat(unrelated)
                .hasSizeGreaterThan(10)
                .allSatisfy(each -> assertThat(each).isLessThan(SHORTER_THAN_AN_ACKNOWLEDGEMENT));
        assertThat(events).allSatisfy(each -> {
            assertThat(each.join().statusCode()).isEqualTo(503);
            assertThat(each.join().headers().firstValue("Retry-After")).hasValue("2");
            assertThat(each.join().body()).contains("not acknowledged: ");
        });
        kafka.thaw();
        await().atMost(SOON).until(() -> post().statusCode() == 200);
    }

    @Test
    void records_haveAnErrorEach() throws Exception {
        await().atMost(SOON).until(() -> post().statusCode() == 200);
        kafka.freeze();

        String large = ",{\"value\":\"" + "x".repeat(900_000) + "\"}";
        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/topics/select-color",
                ("{\"records\":[{\"key\":1}" + large.repeat(9) + "]}").getBytes(UTF_8),
                "Content-Type",
                "application/json");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("2");
        List<String> errors = Http.json(answer).path("offsets").findValuesAsText("error");
        assertThat(errors).hasSize(10);
        assertThat(errors.get(0)).isEqualTo("/records/0/value: missing; null is a tombstone");
        assertThat(errors.subList(1, 10))
                .allSatisfy(error -> assertThat(error).startsWith("not acknowledged: TimeoutException"));
        kafka.thaw();
        await().atMost(SOON).until(() -> post().statusCode() == 200);
    }

    @Test
    void topics_areNotDescribedUntilItGoesOn_andNobodyWaitsForThat() throws Exception {
        await().atMost(SOON).until(() -> describe().statusCode() == 200);
        kafka.freeze();

        HttpResponse<String> last = await().atMost(SOON)
                .until(
                        () -> {
                            CompletableFuture<HttpResponse<String>> asked =
                                    CompletableFuture.supplyAsync(FrozenBrokerIT::describe);
                            do {
                                assertThat(Http.get(wadi.eventsUrl() + "/topics")
                                                .statusCode())
                                        .isEqualTo(200);
                            } while (!asked.isDone());
                            return asked.join();
                        },
                        answer -> answer.statusCode() != 200);

        assertThat(last.statusCode()).isEqualTo(503);
        assertThat(last.headers().firstValue("Retry-After")).hasValue("2");
        assertThat(last.body())
                .startsWith("{\"error_code\":50003,\"message\":\"Kafka has not said what the topic is like: Timeout");
        kafka.thaw();
        await().atMost(SOON).until(() -> describe().statusCode() == 200);
    }

    @Test
    void promptProducer_withoutRoom_refusesAtOnce() throws Exception {
        try (Producer<Object, Object> producer = promptProducer()) {
            await().atMost(SOON).until(() -> takesRecords(producer));
            kafka.freeze();

            long begin = System.nanoTime();
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                sent.add(producer.send(new ProducerRecord<>("select-color", new byte[1_000_000])));
            }

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(AT_ONCE);
            assertThat(sent.get(0)).isNotDone();
            assertThat(sent.get(99)).isDone();
            assertThat(failure(sent.get(99))).isInstanceOf(BufferExhaustedException.class);
            kafka.thaw();
            assertThat(sent.get(0))
                    .as(() -> "The broker said:\n" + kafka.said())
                    .succeedsWithin(SOON);
        }
    }

    @Test
    void promptProducer_withoutMetadata_refusesAtOnce() throws Exception {
        kafka.freeze();
        try (Producer<Object, Object> producer = promptProducer()) {
            long begin = System.nanoTime();
            Future<RecordMetadata> sent = producer.send(new ProducerRecord<>("select-color", new byte[1]));

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(AT_ONCE);
            assertThat(failure(sent)).isInstanceOf(TimeoutException.class);
            kafka.thaw();
        }
    }

    /** Whether all partitions have taken a record: of a topic that is just being made, some take records before others. */
    private static boolean takesRecords(Producer<Object, Object> producer) throws InterruptedException {
        for (int partition = 0; partition < 3; partition++) {
            try {
                producer.send(new ProducerRecord<>("select-color", partition, null, new byte[1]))
                        .get();
            } catch (ExecutionException e) {
                return false;
            }
        }
        return true;
    }

    private static Throwable failure(Future<RecordMetadata> sent) throws InterruptedException {
        try {
            return new AssertionError("acknowledged as " + sent.get());
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    /** One that would wait for half a minute where it waits. */
    private static Producer<Object, Object> promptProducer() {
        PartitionStates partitions = new PartitionStates(new SimpleMeterRegistry(), Clock.systemUTC());
        return new KafkaClients(kafka.brokers(), partitions).promptProducer(60_000, 32 << 20, 1_048_576);
    }

    private static HttpResponse<String> describe() {
        try {
            return Http.get(wadi.eventsUrl() + "/topics/select-color/partitions");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static HttpResponse<String> post() {
        try {
            return Http.post(
                    wadi.eventsUrl() + "/events/select-color",
                    "{\"n\":1}".getBytes(UTF_8),
                    "Content-Type",
                    "application/json");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
