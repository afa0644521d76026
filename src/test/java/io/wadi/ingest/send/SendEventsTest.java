package io.wadi.ingest.send;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.wadi.ingest.admission.Admissions;
import io.wadi.ingest.deduplication.DirectQueues;
import io.wadi.ingest.deduplication.InboxSender;
import io.wadi.ingest.eventloop.AnonymousShare;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.kafka.Producers;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.TopicProvisioner;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.telemetry.PipelineMetrics;
import io.wadi.runtime.telemetry.Traces;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests for topics that are not ready yet. */
class SendEventsTest {
    private static final int REQUESTS = 100;
    private static final int WINDOW = 64 << 10;
    private static final String DEAD_LETTERS = "dead";
    private static final Topics TOPICS =
            Topics.parse("topics: [{name: t, partitions: 1, ingest: {over: [events], invalid: dead-letter}}]");

    private final Vertx vertx = Vertx.vertx();
    private final IngestLoop loop =
            new IngestLoop(vertx.getOrCreateContext(), Duration.ofSeconds(1), new AnonymousShare(() -> 0));
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MockProducer<Object, Object> producer = Producers.inMemory();
    private final TopicProvisioner provisioner =
            new TopicProvisioner("none", TOPICS, Set.of(DEAD_LETTERS), Properties::new, () -> producer);
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final InFlight inFlight =
            new InFlight(10 * REQUESTS, 10 * REQUESTS * WINDOW, 10 * REQUESTS * WINDOW, false);

    @AfterEach
    void close() throws Exception {
        camel.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
    }

    private SendEvents step(Duration acknowledgeWithin) {
        SendEvents step = new SendEvents(
                IngestTopics.read(TOPICS, Path.of("."), Optional.empty()),
                provisioner,
                new DeadLetterSender(DEAD_LETTERS, Producers::inMemory),
                () -> producer,
                new InboxSender(
                        TOPICS,
                        Properties::new,
                        Properties::new,
                        () -> new DirectQueues(1, 1000, System::currentTimeMillis),
                        acknowledgeWithin,
                        meters,
                        System::nanoTime),
                acknowledgeWithin.toMillis(),
                new SendEvents.Limits(WINDOW, 0, Duration.ZERO),
                new EventCounts(meters, PipelineMetrics.withLimit(1, Clock.systemUTC(), Traces.off())));
        step.start();
        return step;
    }

    private CompletableFuture<Exchange> send(SendEvents step) {
        Exchange exchange = new DefaultExchange(camel);
        exchange.setProperty(SendEvents.TOPIC, "t");
        exchange.getMessage().setBody("{}".getBytes(UTF_8));
        new IngestRequest(null, Map.of(), loop, null, Admissions.permit(inFlight, WINDOW), WINDOW, null)
                .attach(exchange);
        CompletableFuture<Exchange> done = new CompletableFuture<>();
        loop.run(on -> step.process(exchange, sync -> done.complete(exchange)));
        return done;
    }

    /** Such requests would be kept for as long as the topic is not ready, which no limit covers. */
    @Test
    void requestsThatTimedOut_leaveNothingBehind() throws Exception {
        SendEvents step = step(Duration.ofMillis(20));

        for (int i = 0; i < REQUESTS; i++) {
            Exchange late = send(step).get(2, TimeUnit.MINUTES);
            assertThat(late.getException())
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage("topic t was not ready within 10ms");
        }

        assertThat(provisioner.ready("t").getNumberOfDependents()).isLessThanOrEqualTo(1);
        assertThat(provisioner.ready(DEAD_LETTERS).getNumberOfDependents()).isLessThanOrEqualTo(1);
    }

    @Test
    void waitingRequests_areSentOnceTheTopicIsReady() throws Exception {
        SendEvents step = step(Duration.ofHours(1));
        CompletableFuture<Exchange> first = send(step);
        CompletableFuture<Exchange> second = send(step);
        provisioner.ready("t").complete(null);
        provisioner.ready(DEAD_LETTERS).complete(null);

        assertThat(first.get(2, TimeUnit.MINUTES).getException()).isNull();
        assertThat(second.get(2, TimeUnit.MINUTES).getException()).isNull();
        assertThat(send(step).get(2, TimeUnit.MINUTES).getException()).isNull();
        assertThat(producer.history()).hasSize(3);
    }
}
