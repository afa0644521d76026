package io.wadi.kafka.consumer;

import static io.wadi.kafka.Flow.awaitCommitted;
import static io.wadi.kafka.Flow.committed;
import static io.wadi.kafka.Flow.start;
import static io.wadi.kafka.Flow.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import io.wadi.kafka.Recorder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongPredicate;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.apache.camel.component.kafka.consumer.KafkaManualCommitFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes that commit manually with camel-kafka's header {@code CamelKafkaManualCommit}. */
@Execution(ExecutionMode.CONCURRENT)
class ManualCommitIT {
    private static final String MANUAL = "&autoCommitEnable=false&allowManualCommit=true";

    private static KafkaManualCommit manual(Exchange exchange) {
        return exchange.getMessage().getHeader(KafkaConstants.MANUAL_COMMIT, KafkaManualCommit.class);
    }

    private static long offset(Exchange exchange) {
        return exchange.getMessage().getHeader(KafkaConstants.OFFSET, Long.class);
    }

    /** Returns a step that commits the records with these offsets. */
    private static Processor committing(LongPredicate which) {
        return exchange -> {
            if (which.test(offset(exchange))) {
                manual(exchange).commit();
            }
        };
    }

    @Test
    void synchronousCommit_isMadeBeforeTheNextRecord() throws Exception {
        topic("manual-sync", 20);
        Map<Long, Long> before = new ConcurrentHashMap<>();
        try (Flow flow = start(
                "manual-sync",
                MANUAL + "&kafkaManualCommitFactory=#sync",
                exchange -> before.put(offset(exchange), committed("manual-sync", "manual-sync", 0)),
                committing(offset -> true))) {
            awaitCommitted("manual-sync", 0, 20);
        }
        assertThat(before).hasSize(20);
        before.forEach((offset, committed) ->
                assertThat(committed).as("committed before offset %d", offset).isEqualTo(offset == 0 ? -1 : offset));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&kafkaManualCommitFactory=#sync", "&kafkaManualCommitFactory=#async"})
    void commit_commitsItsRecordAndEarlierOnes_laterOnesAreRedelivered(String factory) throws Exception {
        String name = "manual-kept-" + factory.replaceAll(".*#", "");
        topic(name, 20);
        Recorder recorder = new Recorder(Recorder.Plan.NO_FAILURES);
        try (Flow flow = start(name, MANUAL + factory, committing(offset -> offset % 6 == 4), recorder)) {
            await().until(() -> recorder.done().size() >= 20);
            assertThat(recorder.done()).hasSize(20);
            awaitCommitted(name, 0, 17);
        }
        // Neither the end of the route nor the release of its partition commits the records after the last commit.
        assertThat(committed(name, name, 0)).isEqualTo(17);

        Recorder again = new Recorder(Recorder.Plan.NO_FAILURES);
        try (Flow flow = start(name, MANUAL + factory, again)) {
            await().until(() -> again.done().size() >= 3);
        }
        assertThat(again.done()).isEqualTo(Flow.values(0, 20).subList(17, 20));
    }

    @Test
    void uncommittedRecords_areRedelivered() throws Exception {
        topic("manual-never", 10);
        for (int start = 0; start < 2; start++) {
            Recorder recorder = new Recorder(Recorder.Plan.NO_FAILURES);
            try (Flow flow = start("manual-never", MANUAL, recorder)) {
                await().until(() -> recorder.done().size() >= 10);
                assertThat(recorder.done()).hasSize(10);
            }
            assertThat(committed("manual-never", "manual-never", 0)).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async"})
    void recordThatFailsAfterItsCommit_isNotCommitted(String factory) throws Exception {
        String name = "manual-failing-" + factory;
        topic(name, 10);
        List<Long> ahead = new CopyOnWriteArrayList<>();
        // The third attempt succeeds without a commit, so that only the record after it commits both.
        Recorder recorder = new Recorder((given, number) -> given.offset() == 4 && number < 3);
        Processor commit = exchange -> {
            long committed = committed(name, name, 0);
            if (committed > offset(exchange)) {
                ahead.add(committed);
            }
            if (offset(exchange) != 4 || recorder.tries(0, 4).size() < 2) {
                manual(exchange).commit();
            }
            if (offset(exchange) == 5) {
                assertThat(committed).as("committed after the failure").isEqualTo(4);
            }
        };
        try (Flow flow = start(name, MANUAL + "&kafkaManualCommitFactory=#" + factory, commit, recorder)) {
            awaitCommitted(name, 0, 10);
        }
        assertThat(recorder.done()).isEqualTo(Flow.values(0, 10));
        assertThat(ahead).isEmpty();
    }

    /** As after an aggregator: the last record's commit is called on another thread, after its exchange has ended. */
    @Test
    void commitOnAnotherThreadAfterTheExchange_commitsEarlierRecordsToo() throws Exception {
        topic("manual-later", 20);
        List<KafkaManualCommit> commits = new CopyOnWriteArrayList<>();
        try (Flow flow = start("manual-later", MANUAL, exchange -> commits.add(manual(exchange)))) {
            await().until(() -> commits.size() >= 20);
            assertThat(commits).hasSize(20);
            assertThat(committed("manual-later", "manual-later", 0)).isEqualTo(-1);

            commits.get(14).commit();

            awaitCommitted("manual-later", 0, 15);
        }
        assertThat(committed("manual-later", "manual-later", 0)).isEqualTo(15);
    }

    @Test
    void batchCommit_commitsItsRecords() throws Exception {
        topic("manual-batch", 10);
        try (Flow flow = start(
                "manual-batch",
                MANUAL + "&kafkaClientFactory=#record-batches&maxPollRecords=4",
                committing(offset -> true))) {
            awaitCommitted("manual-batch", 0, 10);
        }
    }

    /** A custom factory may create commits that use the consumer. */
    @Test
    void commitByACustomFactory_isApplied() throws Exception {
        topic("manual-own", 10);
        KafkaManualCommitFactory own = (exchange, delivered, commitManager) -> () -> {
            if (delivered.recordOffset == 6) {
                commitManager.forceCommit(delivered.partition, delivered.recordOffset);
            }
        };
        try (Flow flow = Flow.start(new RouteBuilder() {
            @Override
            public void configure() {
                getContext().getRegistry().bind("own-commits", own);
                from("kafka:manual-own?groupId=manual-own&kafkaManualCommitFactory=#own-commits" + MANUAL)
                        .process(committing(offset -> true));
            }
        })) {
            awaitCommitted("manual-own", 0, 7);
        }
        assertThat(committed("manual-own", "manual-own", 0)).isEqualTo(7);
    }

    @Test
    void sinkWithManualCommits_isRejected() throws Exception {
        topic("manual-sink", 1);
        FakeSink.Store store = new FakeSink.Store(4);
        try (Flow flow = start("manual-sink", MANUAL + "&kafkaClientFactory=#record-batches", store)) {
            await().until(() -> flow.states().all().stream().anyMatch(state -> state.isFailing()));
            assertThat(flow.states().all().get(0).failure())
                    .contains(
                            "allowManualCommit=true is not supported: the sink of this route commits its own offsets");
        }
        assertThat(committed("manual-sink", "manual-sink", 0)).isEqualTo(-1);
    }
}
