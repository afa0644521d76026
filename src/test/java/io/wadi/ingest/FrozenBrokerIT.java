package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.local.KafkaProcess;
import io.wadi.testing.Http;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.StartedServers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
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

/** Ingest while the broker's process is frozen: it rejects no connection and answers no request. */
@Nightly(
        perChange = {
            "SilentKafkaTest",
            "SendEventsTest",
            "KafkaDownIT#requestsWithoutKafka_areRejectedWith503_andAcceptedOnceKafkaIsBack"
        })
class FrozenBrokerIT {
    private static final Duration SOON = Duration.ofMinutes(2);
    /** The acknowledgment timeout, which is far longer than a request takes that does not wait for the broker. */
    private static final Duration ACKNOWLEDGE_WITHIN = Duration.ofMinutes(1);

    private static KafkaProcess kafka;
    private static RunningWadi wadi;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws Exception {
        kafka = KafkaProcess.start(directory);
        wadi = RunningWadi.startIngest(
                directory.resolve("configuration"),
                kafka.brokers(),
                Map.of("wadi.ingest.acknowledgement-timeout", ACKNOWLEDGE_WITHIN.toSeconds() + "s"));
    }

    @AfterAll
    static void stop() throws Exception {
        StartedServers.close(wadi, kafka);
    }

    @AfterEach
    void thaw() throws Exception {
        kafka.thaw();
    }

    @Test
    void unrelatedRequests_areAnswered_andEventsAreRejectedUntilTheBrokerResumes() throws Exception {
        await().until(() -> post().statusCode() == 200);
        kafka.freeze();

        List<CompletableFuture<HttpResponse<String>>> events = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            events.add(CompletableFuture.supplyAsync(FrozenBrokerIT::post, task -> new Thread(task).start()));
        }
        await().until(() -> Scrape.of(wadi).sum("wadi_ingest_inflight_requests") == events.size());
        for (int i = 0; i < 20; i++) {
            assertThat(Http.get(wadi.eventsUrl() + "/nowhere").statusCode()).isEqualTo(404);
        }
        assertThat(events)
                .as("none has an answer: no unrelated request has waited with them")
                .noneMatch(CompletableFuture::isDone);

        assertThat(events).allSatisfy(each -> {
            assertThat(each.join().statusCode()).isEqualTo(503);
            assertThat(each.join().headers().firstValue("Retry-After")).hasValue("2");
            assertThat(each.join().body()).contains("not acknowledged: ");
        });
        kafka.thaw();
        await().until(() -> post().statusCode() == 200);
    }

    @Test
    void eachRecord_hasAnError() throws Exception {
        await().until(() -> post().statusCode() == 200);
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
        await().until(() -> post().statusCode() == 200);
    }

    @Test
    void topicRequests_failWithoutWaiting_untilTheBrokerResumes() throws Exception {
        await().until(() -> describe().statusCode() == 200);
        kafka.freeze();

        AtomicInteger meanwhile = new AtomicInteger();
        HttpResponse<String> last = await().until(
                        () -> {
                            CompletableFuture<HttpResponse<String>> response =
                                    CompletableFuture.supplyAsync(FrozenBrokerIT::describe);
                            meanwhile.set(0);
                            do {
                                assertThat(Http.get(wadi.eventsUrl() + "/topics")
                                                .statusCode())
                                        .isEqualTo(200);
                                meanwhile.addAndGet(response.isDone() ? 0 : 1);
                            } while (!response.isDone());
                            return response.join();
                        },
                        answer -> answer.statusCode() != 200);

        assertThat(meanwhile).as("answers while the topic was not described").hasValueGreaterThan(3);
        assertThat(last.statusCode()).isEqualTo(503);
        assertThat(last.headers().firstValue("Retry-After")).hasValue("2");
        assertThat(last.body())
                .startsWith("{\"error_code\":50003,\"message\":\"Kafka did not describe the topic: Timeout");
        kafka.thaw();
        await().until(() -> describe().statusCode() == 200);
    }

    @Test
    void nonBlockingProducer_withAFullBuffer_failsAtOnce() throws Exception {
        try (Producer<Object, Object> producer = nonBlockingProducer()) {
            await().until(() -> acceptsRecords(producer));
            kafka.freeze();

            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                sent.add(producer.send(new ProducerRecord<>("select-color", new byte[1_000_000])));
            }

            assertThat(sent.get(0)).isNotDone();
            assertThat(sent.get(99)).isDone();
            assertThat(failure(sent.get(99)))
                    .isInstanceOf(BufferExhaustedException.class)
                    .hasMessageContaining("within the configured max blocking time 0 ms");
            kafka.thaw();
            assertThat(sent.get(0))
                    .as(() -> "Output of the broker:\n" + kafka.output())
                    .succeedsWithin(SOON);
        }
    }

    @Test
    void nonBlockingProducer_withoutMetadata_failsAtOnce() throws Exception {
        kafka.freeze();
        try (Producer<Object, Object> producer = nonBlockingProducer()) {
            Future<RecordMetadata> sent = producer.send(new ProducerRecord<>("select-color", new byte[1]));

            assertThat(failure(sent)).isInstanceOf(TimeoutException.class).hasMessageContaining("after 0 ms");
            kafka.thaw();
        }
    }

    /** Returns whether all partitions accept records: those of a new topic become ready one after the other. */
    private static boolean acceptsRecords(Producer<Object, Object> producer) throws InterruptedException {
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

    /** Returns a producer with a delivery timeout far longer than an immediate failure takes. */
    private static Producer<Object, Object> nonBlockingProducer() {
        PartitionStates partitions = new PartitionStates(new SimpleMeterRegistry(), Clock.systemUTC());
        return new KafkaClients(kafka.brokers(), partitions).nonBlockingProducer(60_000, 32 << 20, 1_048_576);
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
