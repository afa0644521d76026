package io.wadi.ingest.send;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.wadi.ingest.admission.Admissions;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.eventloop.AnonymousShare;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.eventloop.ReadScheduler;
import io.wadi.ingest.json.EventCheck;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.kafka.Producers;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.telemetry.PipelineMetrics;
import io.wadi.runtime.telemetry.Traces;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventSenderTest {
    private static final int EVENTS = 300;
    private static final int WINDOW = 64 << 10;

    private final Vertx vertx = Vertx.vertx();
    private final IngestLoop loop =
            new IngestLoop(vertx.getOrCreateContext(), Duration.ofSeconds(1), new AnonymousShare(() -> 0));
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final IngestTopic topic = new IngestTopic(
            Topics.parse("topics: [{name: t, partitions: 1, ingest: {over: [events]}}]")
                    .find("t")
                    .orElseThrow(),
            EventCheck.NONE,
            CompletableFuture.completedFuture(null));
    private final ReceiptLog report = new ReceiptLog(true);
    private final BlockingQueue<Callback> unanswered = new LinkedBlockingQueue<>();
    private final AtomicInteger mostUnanswered = new AtomicInteger();
    private final CompletableFuture<Optional<RequestException>> end = new CompletableFuture<>();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
    }

    private EventSender sender(List<Event> events) {
        return sender(new InFlight(1, WINDOW, WINDOW, false), report, events);
    }

    private EventSender sender(InFlight inFlight, DeliveryReport reported, List<Event> events) {
        return sender(
                new IngestRequest(null, Map.of(), loop, null, Admissions.permit(inFlight, WINDOW), WINDOW, null),
                reported,
                events);
    }

    private EventSender sender(IngestRequest request, DeliveryReport reported, List<Event> events) {
        return new EventSender(
                request,
                topic,
                new CheckedEvents(events, topic, WINDOW),
                reported,
                new RecordFactory(topic.topic(), List.of(), Producers.inMemory(), null, "events", null, 0),
                (sent, callback) -> {
                    mostUnanswered.accumulateAndGet(report.open(), Math::max);
                    unanswered.add(callback);
                },
                new EventCounts(meters, PipelineMetrics.withLimit(1, Clock.systemUTC(), Traces.off())),
                0,
                abortReason -> end.complete(Optional.ofNullable(abortReason)));
    }

    /** The size of the producer's buffer is based on the windows of all requests. */
    @Test
    void headersOfRecords_countTowardsTheWindow() throws Exception {
        Event event = new Event(
                "k".getBytes(UTF_8),
                "{}".getBytes(UTF_8),
                List.of(new RecordHeader("x", new byte[WINDOW - 1000])),
                null,
                null,
                null);
        EventSender sender = sender(Collections.nCopies(EVENTS, event));

        loop.run(on -> sender.begin());
        await().until(() -> unanswered.size() >= 2);
        acknowledge(EVENTS);

        assertThat(end.get(2, TimeUnit.MINUTES)).isEmpty();
        assertThat(mostUnanswered).hasValue(2);
        assertThat(meters.get("wadi.ingest.event.bytes").counter().count())
                .as("bytes of keys and values")
                .isEqualTo(3.0 * EVENTS);
    }

    private void acknowledge(int events) throws InterruptedException {
        for (int i = 0; i < events; i++) {
            Callback callback = unanswered.poll(2, TimeUnit.MINUTES);
            assertThat(callback).isNotNull();
            callback.onCompletion(new RecordMetadata(new TopicPartition("t", 0), i, 0, 0, 1, 2), null);
        }
    }

    /** As if the clock of this machine is more than an hour ahead; Kafka's client returns both exceptions. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rejectedTimestampOfTheProducer_isNoMistakeOfTheClient(boolean isAlone) throws Exception {
        String message = "Timestamp 7 of message with offset 0 is out of range. The timestamp should be within [1, 2]";
        Exception failure = isAlone ? new InvalidTimestampException(message) : new InvalidRecordException(message);
        byte[] value = "{}".getBytes(UTF_8);
        Event own = new Event(null, value, List.of(), null, System.currentTimeMillis() - 1000, null);
        Outcomes outcomes = new Outcomes();
        EventSender sender = sender(new InFlight(1, WINDOW, WINDOW, false), outcomes, List.of(Event.of(value), own));

        loop.run(on -> sender.begin());
        for (int i = 0; i < 2; i++) {
            Callback callback = unanswered.poll(2, TimeUnit.MINUTES);
            assertThat(callback).isNotNull();
            callback.onCompletion(null, failure);
        }

        assertThat(end.get(2, TimeUnit.MINUTES)).isEmpty();
        assertThat(outcomes.all)
                .containsExactly(
                        "0: Kafka rejects the time of Wadi's clock: " + message, "1: Kafka rejects it: " + message);
    }

    private static final class Outcomes implements DeliveryReport {
        private final List<String> all = new ArrayList<>();
        private int events;

        @Override
        public int add() {
            return events++;
        }

        @Override
        public int addInvalid(Problem problem) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void acknowledged(int event, RecordMetadata metadata) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void rejected(int event, Problem problem) {
            all.add(event + ": " + problem.text());
        }

        @Override
        public void conflicting(int event, Problem problem, RecordMetadata first) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void notAcknowledged(int event, Exception reason) {
            assertThat(reason).isInstanceOf(RetriableException.class);
            all.add(event + ": " + reason.getMessage());
        }

        @Override
        public long bytes() {
            return 0;
        }
    }

    /** Otherwise a frozen broker and bodies of tiny events would fill the heap beyond all limits. */
    @Test
    void tinyEvents_areChargedWithTheirObjects() throws Exception {
        int events = 1_000;
        EventSender sender = sender(Collections.nCopies(events, Event.of("{}".getBytes(UTF_8))));

        CompletableFuture<Void> isFull = new CompletableFuture<>();
        loop.run(on -> {
            sender.begin();
            afterIterations(100, isFull);
        });
        isFull.get(2, TimeUnit.MINUTES);
        acknowledge(events);

        assertThat(end.get(2, TimeUnit.MINUTES)).isEmpty();
        assertThat(mostUnanswered.get()).isLessThanOrEqualTo(WINDOW / 256);
    }

    /** Completes after iterations of the loop, in each of which the sender reads events if its window allows. */
    private void afterIterations(int count, CompletableFuture<Void> end) {
        loop.inLaterIteration(() -> {
            if (count == 0) {
                end.complete(null);
            } else {
                afterIterations(count - 1, end);
            }
        });
    }

    @Test
    void receiptsOfAList_areChargedUntilTheResponse() throws Exception {
        int events = 10_000;
        InFlight inFlight = new InFlight(1, 1 << 30, 1 << 30, false);
        EventSender sender =
                sender(inFlight, new Receipts(true), Collections.nCopies(events, Event.of("{}".getBytes(UTF_8))));

        loop.run(on -> sender.begin());
        acknowledge(events);

        assertThat(end.get(2, TimeUnit.MINUTES)).isEmpty();
        assertThat(inFlight.bytes()).isBetween(WINDOW + 72L * events, WINDOW + 88L * events);
    }

    /** A problem may contain a long name of the event. */
    @Test
    void problemsOfAList_areChargedUntilTheResponse() throws Exception {
        int length = 100_000;
        InFlight inFlight = new InFlight(1, 1 << 30, 1 << 30, false);
        Problem problem = new Problem("/" + "x".repeat(length), "unknown property");
        EventSender sender = sender(inFlight, new Receipts(true), List.of(Event.rejected(problem)));

        loop.run(on -> sender.begin());

        assertThat(end.get(2, TimeUnit.MINUTES)).isEmpty();
        assertThat(inFlight.bytes()).isGreaterThan(WINDOW + length);
    }

    /** Otherwise long bodies would take the time of other clients. */
    @Test
    void longBody_isReadInTurnsOfItsConnection_whileAnotherClientWaits() throws Exception {
        CompletableFuture<Boolean> isWaiting = new CompletableFuture<>();
        CompletableFuture<Boolean> isWaitingOnceClosed = new CompletableFuture<>();
        loop.run(on -> {
            Turns turns = new Turns(loop, "client");
            new Turns(loop, "another").later(() -> {});
            beginLongBody(turns);
            isWaiting.complete(turns.isWaiting());
            turns.close();
            isWaitingOnceClosed.complete(turns.isWaiting());
        });

        assertThat(isWaiting.get(2, TimeUnit.MINUTES)).isTrue();
        assertThat(isWaitingOnceClosed.get(2, TimeUnit.MINUTES)).isTrue();
        acknowledge(EVENTS);
        assertThat(end.get(2, TimeUnit.MINUTES)).isEmpty();
    }

    /** A connection that waits would delay the others of its client. */
    @Test
    void longBody_needsNoTurn_whileOnlyItsClientWaits() throws Exception {
        CompletableFuture<Boolean> isWaiting = new CompletableFuture<>();
        loop.run(on -> {
            Turns turns = new Turns(loop, "client");
            new Turns(loop, "client").later(() -> {});
            beginLongBody(turns);
            isWaiting.complete(turns.isWaiting());
        });

        assertThat(isWaiting.get(2, TimeUnit.MINUTES)).isFalse();
        acknowledge(EVENTS);
        assertThat(end.get(2, TimeUnit.MINUTES)).isEmpty();
    }

    private void beginLongBody(Turns turns) {
        int window = 1 << 20;
        IngestRequest request = new IngestRequest(
                null,
                Map.of(),
                loop,
                turns,
                Admissions.permit(new InFlight(1, window, window, false), window),
                window,
                null);
        sender(request, report, Collections.nCopies(EVENTS, Event.of("{}".getBytes(UTF_8))))
                .begin();
    }

    private static final class Turns extends ReadScheduler.Connection {
        Turns(IngestLoop loop, String client) {
            super(loop.reads(), client);
        }

        @Override
        protected boolean read() {
            return true;
        }
    }
}
