package io.wadi.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import io.wadi.kafka.topics.TopicsReport.Entry;
import io.wadi.kafka.topics.TopicsReport.State;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;

/** A client of the test run's Kafka, with which declarations are compared and applied. */
abstract class TopicsTestSupport {
    @AutoClose
    Admin admin;

    @BeforeEach
    void open() {
        admin = Flow.admin();
    }

    static Topics declare(String name, String fields) {
        return Topics.parse("topics: [{name: %s, %s}]".formatted(name, fields));
    }

    static List<String> changes(Entry entry, State state) {
        return TopicsText.changes(entry, state).toList();
    }

    int partitions(String topic) throws Exception {
        return admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .size();
    }

    void awaitPartitions(String topic, int count) {
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(partitions(topic)).isEqualTo(count));
    }
}
