package io.wadi.kafka.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class AcknowledgementsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(5);

    private final Acknowledgements sends = new Acknowledgements();

    @Test
    void await_nothingSent_returnsNullAtOnce() {
        assertThat(sends.await(Duration.ZERO)).isNull();
    }

    @Test
    void await_allAcknowledged_returnsNull() {
        sends.sent();
        sends.sent();
        sends.completed(null);
        sends.completed(null);

        assertThat(sends.await(Duration.ZERO)).isNull();
    }

    @Test
    void await_failedSends_returnsTheFirstFailureOnce() {
        IOException first = new IOException("first");
        for (Exception answer : new Exception[] {null, first, new IOException("second"), null}) {
            sends.sent();
            sends.completed(answer);
        }

        assertThat(sends.await(LONG)).isSameAs(first);
        assertThat(sends.await(LONG)).isNull();
    }

    @Test
    void errorOnTheSendingThread_isARejectedRecord_andOnAnotherThreadAFailedSend() {
        KafkaException error = new KafkaException("planned");
        ProducerRecord<Object, Object> record = new ProducerRecord<>("t", new byte[1]);

        assertThat(sends.send(record, null, (sent, callback) -> {
                    callback.onCompletion(null, error);
                    return new CompletableFuture<>();
                }))
                .failsWithin(LONG);
        assertThat(sends.await(Duration.ZERO)).isNull();

        assertThat(sends.send(record, null, (sent, callback) -> {
                    CompletableFuture.runAsync(() -> callback.onCompletion(null, error))
                            .join();
                    return new CompletableFuture<>();
                }))
                .succeedsWithin(LONG);
        assertThat(sends.await(Duration.ZERO)).isSameAs(error);
    }

    @Test
    void sendThatThrowsAndCallsBackLater_isCountedOnce() {
        AtomicReference<Callback> late = new AtomicReference<>();
        ProducerRecord<Object, Object> record = new ProducerRecord<>("t", new byte[1]);
        assertThatExceptionOfType(KafkaException.class)
                .isThrownBy(() -> sends.send(record, null, (sent, callback) -> {
                    late.set(callback);
                    throw new KafkaException("in an error state");
                }));
        assertThat(sends.await(Duration.ZERO)).isNull();

        CompletableFuture.runAsync(() -> late.get().onCompletion(null, new KafkaException("aborted")))
                .join();
        sends.send(record, null, (sent, callback) -> new CompletableFuture<>());

        assertThat(sends.await(SHORT)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void await_oneUnanswered_timesOutAndReportsHowMany() {
        sends.sent();
        sends.sent();
        sends.completed(null);

        assertThat(sends.await(SHORT))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("1 sends were not acknowledged within 5ms");
    }

    @Test
    void await_failureAfterATimeout_isReportedNextTime() {
        IOException late = new IOException("late");
        sends.sent();
        assertThat(sends.await(SHORT)).isInstanceOf(TimeoutException.class);

        sends.completed(late);

        assertThat(sends.await(LONG)).isSameAs(late);
    }

    /** Returns the result of a thread that waits for acknowledgments, once its wait has begun. */
    private FutureTask<Exception> startWaiting() {
        FutureTask<Exception> result = new FutureTask<>(() -> sends.await(LONG));
        Thread thread = new Thread(result, "waits-for-acknowledgments");
        thread.start();
        Awaitility.await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        return result;
    }

    @Test
    void await_acknowledgmentsFromAnotherThread_areAwaited() throws Exception {
        sends.sent();
        sends.sent();
        FutureTask<Exception> waiting = startWaiting();

        sends.completed(null);
        assertThat(waiting.isDone()).isFalse();
        sends.completed(null);

        assertThat(waiting.get(2, TimeUnit.MINUTES)).isNull();
    }

    @Test
    void expedite_shortensTheCurrentWait() throws Exception {
        sends.sent();
        FutureTask<Exception> waiting = startWaiting();

        sends.expedite();

        assertThat(waiting.get(2, TimeUnit.MINUTES))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("1 sends were not acknowledged within 5s");
    }

    @Test
    void await_interrupted_reportsItAndStaysInterrupted() {
        sends.sent();
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptException.class).isThrownBy(() -> sends.await(LONG));
        assertThat(Thread.interrupted()).isTrue();
    }
}
