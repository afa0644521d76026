package io.wadi.completeness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.completeness.Watermark.Basis;
import io.wadi.completeness.Watermark.State;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Watermarks of topics with producer timestamps, and of those that change to append times. */
@Execution(ExecutionMode.CONCURRENT)
class CompletenessTimestampsIT extends CompletenessTestSupport {
    @Test
    void producerTimestamps_watermarkFollowsObservedEndOffsets() throws Exception {
        TopicProbe.create(topic, 2);
        KafkaProbe.send(new ProducerRecord<>(topic, 0, 5L, null, "{}".getBytes(UTF_8)));
        Watermark first = watermark();
        KafkaProbe.send(new ProducerRecord<>(topic, 0, 7L, null, "{}".getBytes(UTF_8)));
        Watermark second = watermark();
        commit(1);
        Watermark third = watermark();
        commit(2);
        Watermark fourth = watermark();

        assertThat(first.basis()).isEqualTo(Basis.OBSERVED);
        assertThat(first.time()).isNull();
        assertThat(second.time()).isNull();
        assertThat(third.state()).isEqualTo(State.BEHIND);
        assertThat(third.time()).isEqualTo(first.at());
        assertThat(fourth.state()).isEqualTo(State.COMPLETE);
        assertThat(fourth.time()).isEqualTo(fourth.at());
    }

    /** The records of the backlog have producer timestamps, which can be any time. */
    @Test
    void topicChangedToAppendTime_isObservedUntilTheBacklogIsLanded() throws Exception {
        TopicProbe.create(topic, 1);
        send();
        TopicProbe.configure(topic, "message.timestamp.type", "LogAppendTime");
        Watermark backlog = watermark();
        commit(1);

        assertThat(backlog.basis()).isEqualTo(Basis.OBSERVED);
        assertThat(watermark().basis()).isEqualTo(Basis.APPEND_TIME);
    }

    /**
     * While the record with the latest timestamp has a producer timestamp, Kafka does not reveal unreplicated records.
     */
    @Test
    void timestampInTheFutureFromBeforeAppendTime_isObserved() throws Exception {
        sendBeforeAppendTime(System.currentTimeMillis() + TimeUnit.MINUTES.toMillis(30));

        assertThat(watermark().state()).isEqualTo(State.COMPLETE);
        assertThat(watermark().basis()).isEqualTo(Basis.OBSERVED);
    }

    @Test
    void appendTimeLaterThanAnEarlierTimestamp_isTheBasis() throws Exception {
        long future = System.currentTimeMillis() + 1_000;
        sendBeforeAppendTime(future);

        await().until(() -> send().toEpochMilli() > future);
        commit(TopicProbe.end(partition));

        assertThat(watermark().basis()).isEqualTo(Basis.APPEND_TIME);
    }

    /** Sends a record with a producer timestamp to the topic, which then changes to append times. */
    private void sendBeforeAppendTime(long timestamp) throws Exception {
        TopicProbe.create(topic, 1);
        KafkaProbe.send(new ProducerRecord<>(topic, 0, timestamp, null, "{}".getBytes(UTF_8)));
        commit(1);
        TopicProbe.configure(topic, "message.timestamp.type", "LogAppendTime");
    }
}
