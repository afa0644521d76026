package io.wadi.management.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.deadletter.DeadLetterTopic;
import io.wadi.kafka.records.TopicReader.Fetch;
import io.wadi.local.ChildJvm;
import io.wadi.management.TopicView;
import io.wadi.testing.BrokerProcess;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The indexed topics of a page while something of them cannot be read. */
class IndexedTopicsIT {
    /** Two routes with one topic each, of which neither has an index yet. */
    private static final class Routes implements TopicView.Documents {
        @Override
        public String url() {
            return "";
        }

        @Override
        public List<TopicView.IndexingRoute> routes() {
            return List.of(route("whole"), route("broken"));
        }

        private static TopicView.IndexingRoute route(String name) {
            return new TopicView.IndexingRoute(name, List.of("indexed-" + name), name, name);
        }

        @Override
        public Optional<TopicView.Document> find(String index, String id) {
            return Optional.empty();
        }

        @Override
        public OptionalLong count(String index) {
            return OptionalLong.empty();
        }
    }

    @Test
    void whileOtherRequestsRead_deadLettersAreNotCounted() {
        IndexedTopics indexed = new IndexedTopics(
                Routes::new,
                KafkaProbe.clients()::adminProperties,
                () -> {
                    throw new AssertionError("read without a permit");
                },
                new ReadRequests(0, 1 << 20));

        assertThat(indexed.query().get("problems"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .containsExactly("Dead letters were not counted: other requests are reading topics; try again");
    }

    @Test
    @Nightly(because = "needs three brokers")
    void partitionWithoutALeader_affectsOnlyItsRoute(@TempDir Path directory) throws Exception {
        List<BrokerProcess> brokers = BrokerProcess.startThreeWithOneController(directory);
        KafkaClients kafka = KafkaProbe.clients(BrokerProcess.addresses(brokers));
        IndexedTopics indexed = new IndexedTopics(
                Routes::new,
                kafka::adminProperties,
                () -> new DeadLetterTopic(
                        "indexed-dead-letters",
                        (deadLetter, producer) -> deadLetter.replayed(),
                        kafka.readerProperties(),
                        Fetch.DEFAULT),
                new ReadRequests(1, 1 << 20));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BrokerProcess.addresses(brokers)))) {
            admin.createTopics(List.of(
                            new NewTopic("indexed-dead-letters", Map.of(0, List.of(1))),
                            new NewTopic("indexed-whole", Map.of(0, List.of(1))),
                            new NewTopic("indexed-broken", Map.of(0, List.of(1), 1, List.of(2)))))
                    .all()
                    .get();
            brokers.get(1).kill();

            await().atMost(ChildJvm.START_TIMEOUT).untilAsserted(() -> {
                Map<String, Object> found = indexed.query();
                assertThat(found.get("problems"))
                        .asInstanceOf(InstanceOfAssertFactories.LIST)
                        .singleElement(STRING)
                        .startsWith("The offsets of indexed-broken-1, which route broken indexes, are unknown:"
                                + " LeaderNotAvailableException: ");
                assertThat(found.get("topics"))
                        .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
                        .extracting(each -> each.containsKey("committed"))
                        .containsExactly(true, false);
            });
        } finally {
            brokers.forEach(BrokerProcess::close);
        }
    }
}
