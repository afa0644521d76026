package io.wadi.ingest.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.indexing.rebuild.Rebuild;
import io.wadi.ingest.receipts.ReceiptState.Rejection;
import io.wadi.kafka.targets.RecordTarget;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetsTest {
    private record Named(String name) implements RecordTarget {
        @Override
        public Optional<String> group(String topic) {
            return Optional.of(name);
        }

        @Override
        public Optional<Map<String, Object>> find(ConsumerRecord<byte[], byte[]> arrived) {
            return Optional.empty();
        }

        @Override
        public List<Range> expired(TopicPartition partition) {
            return List.of();
        }
    }

    private static boolean isFrom(String route, String target) {
        Targets targets = new Targets(new DefaultCamelContext(), Set::of);
        Rejection rejection = new Rejection(route, new Receipt(new TopicPartition("dead", 0), 3), "kind", "reason", 0);
        return targets.isFrom(rejection, new Named(target), "t");
    }

    @ParameterizedTest
    @CsvSource({
        "landing, landed, true",
        "landing, indexed, false",
        "indexing, indexed, true",
        "indexing-orders, indexed, true",
        "select-color-1, indexed, false"
    })
    void routeOfAnotherProcess_belongsToTheTargetByItsId(String route, String target, boolean expected) {
        assertThat(isFrom(route, target)).isEqualTo(expected);
    }

    @Test
    void rejectionOfARebuild_isOfTheIndex() {
        assertThat(isFrom(Rebuild.ROUTE, "indexed")).isTrue();
        assertThat(isFrom(Rebuild.ROUTE, "landed")).isFalse();
    }
}
