package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.telemetry.PipelineMetrics;
import java.time.Clock;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class OwnedPartitionsTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 0);
    private static final TopicPartition OTHER = new TopicPartition("events", 1);

    private final CommitRequests requests = new CommitRequests();

    /** Otherwise the next record would be delivered before a synchronous commit of the route. */
    @Test
    void commitIsDue_ifTheRouteRequestsItBeforeTheNextRecord() {
        OwnedPartitions owned = owned(requests);
        assertThat(owned.isCommitDue()).isFalse();
        requests.add(PARTITION, 1, false);
        assertThat(owned.isCommitDue()).isFalse();

        requests.add(PARTITION, 1, true);

        assertThat(owned.isCommitDue()).isTrue();
        owned.commit(owned.all());
        assertThat(owned.isCommitDue()).isFalse();
    }

    @Test
    void commitIsNeverDue_ifTheRouteDoesNotCommitItself() {
        assertThat(owned(null).isCommitDue()).isFalse();
    }

    /** The consumer then polls more often. */
    @Test
    void sinkThatWaits_isFound_amongPartitionsWithoutOne() {
        OwnedPartitions owned = owned(null);
        owned.of(OTHER).fetched(0, 9, 10);
        IdleSink sink = new IdleSink();
        owned.of(PARTITION).fetched(0, 9, 10);
        owned.of(PARTITION).claim(sink);
        assertThat(owned.maxPollTime()).isEqualTo(PartitionSink.MAX_POLL_TIME);

        sink.waiting = true;

        assertThat(owned.maxPollTime()).isEqualTo(PartitionSink.WAITING_POLL_TIME);
    }

    private static OwnedPartitions owned(CommitRequests requests) {
        return new OwnedPartitions(
                ConsumerContexts.client((proxy, method, given) -> {
                    throw new UnsupportedOperationException(method.getName());
                }),
                new PartitionStates(new SimpleMeterRegistry(), Clock.systemUTC()).group("group"),
                new PartitionMeters(PipelineMetrics.off(), "route", "group"),
                requests);
    }
}
