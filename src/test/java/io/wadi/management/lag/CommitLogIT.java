package io.wadi.management.lag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Kafka's log of committed offsets, read from where an earlier reader has ended. */
class CommitLogIT extends LagTestSupport {
    @Test
    void reopenedLog_isReadFromWhereTheFirstEnded() throws Exception {
        TopicProbe.create(topic, 1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic);
                CommitLog first = commitLog();
                CommitLog second = commitLog()) {
            commit(consumer, partition, 1);
            List<Long> read = new ArrayList<>();
            assertThat(first.open(Map.of())).isTrue();
            first.readToEnd(TIMEOUT, commits(read));
            assertThat(read).containsExactly(1L);

            commit(consumer, partition, 2);
            assertThat(second.open(first.positions())).isTrue();
            second.readToEnd(TIMEOUT, commits(read));

            assertThat(read).containsExactly(1L, 2L);
        }
    }

    @Test
    void logThatIsOpenedAgainAfterAFailure_passesNoRecordTwice() throws Exception {
        TopicProbe.create(topic, 1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic);
                CommitLog first = commitLog();
                CommitLog second = commitLog()) {
            commit(consumer, partition, 1);
            commit(consumer, partition, 2);
            commit(consumer, partition, 3);
            List<Long> read = new ArrayList<>();
            CommitLog.Listener commits = commits(read);
            assertThat(first.open(Map.of())).isTrue();

            assertThatThrownBy(() -> first.readToEnd(TIMEOUT, new CommitLog.Listener() {
                        @Override
                        public void committed(String group, TopicPartition of, long offset, long timeMs) {
                            commits.committed(group, of, offset, timeMs);
                            if (group.equals(topic) && offset == 2) {
                                throw new IllegalStateException("at the second");
                            }
                        }

                        @Override
                        public void deleted(String group, TopicPartition of) {}
                    }))
                    .hasMessage("at the second");
            assertThat(second.open(first.positions())).isTrue();
            second.readToEnd(TIMEOUT, commits);

            assertThat(read).containsExactly(1L, 2L, 3L);
        }
    }

    private static CommitLog commitLog() {
        return new CommitLog(KafkaProbe.clients().observerProperties("none"));
    }

    /** Adds the offsets that this test's group commits. */
    private CommitLog.Listener commits(List<Long> offsets) {
        return new CommitLog.Listener() {
            @Override
            public void committed(String group, TopicPartition of, long offset, long timeMs) {
                if (group.equals(topic)) {
                    offsets.add(offset);
                }
            }

            @Override
            public void deleted(String group, TopicPartition of) {}
        };
    }
}
