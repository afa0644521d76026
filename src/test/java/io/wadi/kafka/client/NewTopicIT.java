package io.wadi.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.topics.TopicProvisioner;
import io.wadi.kafka.topics.Topics;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import io.wadi.testing.Warnings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A new topic accepts events in time once it is ready. */
@Execution(ExecutionMode.CONCURRENT)
class NewTopicIT {
    private static final int PARTITIONS = 3;
    /** Long enough for a busy machine: the producer retries a rejected record until this time is over. */
    private static final long WITHIN_MS = 60_000;

    private static final Duration SOON = Duration.ofMinutes(2);

    private final KafkaClients kafka = KafkaProbe.clients();
    private final String topic = "new-" + UUID.randomUUID();

    @RepeatedTest(20)
    void newTopic_acceptsAHundredConcurrentEvents_onceItIsReady() throws Exception {
        Topics topics = Topics.parse(
                "topics: [{name: %s, partitions: %d, replication: 1, ingest: true}]".formatted(topic, PARTITIONS));
        try (TopicProvisioner provisioner = provisioner(topics, Set.of());
                Producer<Object, Object> producer = kafka.nonBlockingProducer(WITHIN_MS, 32 << 20, 1_048_576)) {
            provisioner.start();
            assertThat(provisioner.ready(topic)).succeedsWithin(SOON);

            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, new byte[10])));
            }

            assertThat(sent).allSatisfy(each -> assertThat(each.get().offset()).isNotNegative());
        }
    }

    @Test
    void missingDeclaredTopic_isNotReady_andUndeclaredTopicsAre() {
        try (TopicProvisioner provisioner = provisioner(Topics.parse("topics: []"), Set.of(topic))) {
            provisioner.start();

            await().until(() -> provisioner.call().getMessage().orElse("").contains("topics are not ready: ")
                    && provisioner.call().getMessage().orElse("").contains(topic));
            assertThat(provisioner.ready(topic)).isNotDone();
            assertThat(provisioner.ready("another")).isDone();
        }
    }

    @Test
    void topicThatIsNotReady_doesNotKeepOthersFromBeingReady() throws Exception {
        String first = "a-missing-" + topic;
        TopicProbe.create(topic, 1);
        try (TopicProvisioner provisioner = provisioner(Topics.parse("topics: []"), Set.of(first, topic))) {
            provisioner.start();

            assertThat(provisioner.ready(topic)).succeedsWithin(SOON);
            await().until(() -> provisioner.call().getMessage().orElse("").contains("topic " + first + ": "));
            assertThat(provisioner.ready(first)).isNotDone();
        }
    }

    @Test
    void missingTopicOfARoute_isReportedWithTheNearestName() {
        String declared = "[{name: %s, partitions: 1, replication: 1}]".formatted(topic);
        try (Warnings warnings = new Warnings(TopicProvisioner.class.getName());
                TopicProvisioner provisioner = provisioner(Topics.parse("topics: " + declared), Set.of())) {
            provisioner.addUsed(topic);
            provisioner.addUsed(topic + "x");
            provisioner.start();

            await().until(() -> warnings.lines().stream()
                    .anyMatch(line -> line.startsWith("Topic " + topic + "x of a route is neither ")
                            && line.contains("; did you mean " + topic + "?")));
            assertThat(warnings.lines()).noneMatch(line -> line.startsWith("Topic " + topic + " "));
        }
    }

    private TopicProvisioner provisioner(Topics topics, Set<String> others) {
        return new TopicProvisioner(
                TestServers.shared().ports().kafkaBrokers(),
                topics,
                others,
                kafka::adminProperties,
                () -> kafka.nonBlockingProducer(WITHIN_MS, 32 << 20, 1_048_576));
    }
}
