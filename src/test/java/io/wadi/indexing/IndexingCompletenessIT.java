package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.completeness.ObservedTruth;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RandomKills;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.SteadyLoad;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/**
 * Indexing processes that are killed under steady load, with some invalid documents, and watermarks evaluated
 * meanwhile. The oracle: when a watermark is reported, every record that Kafka appended before it is a document or a
 * dead letter.
 */
@Nightly(
        perChange = {
            "TopicProgressTest",
            "ObservedEndOffsetsTest",
            "PartitionIndexerRandomTest",
            "CompletenessTransactionsIT#deadLettersInAnOpenTransaction_watermarkStaysBeforeTheirRecords"
        })
class IndexingCompletenessIT {
    private static final int PARTITIONS = 3;
    private static final int DOCUMENTS = 400;
    private static final long SEED = Long.getLong("test.seed", 20261125);

    @Test
    void manyProcessesKilled_watermarkIsNeverAheadOfTheIndex() throws Exception {
        kill("indexing-many-watermarks", Integer.getInteger("test.kills", 50));
    }

    private static void kill(String topic, int kills) throws Exception {
        TopicProbe.create(topic, PARTITIONS, Map.of("message.timestamp.type", "LogAppendTime"));
        ElasticsearchProbe elasticsearch =
                new ElasticsearchProbe("http://" + TestServers.shared().ports().elasticsearchHosts());
        elasticsearch.request("PUT", "/" + topic, "{\"mappings\":{\"properties\":{\"n\":{\"type\":\"long\"}}}}");
        try (SteadyLoad load = SteadyLoad.start(topic, PARTITIONS, IndexingCompletenessIT::value);
                ObservedTruth<Set<String>> observer = ObservedTruth.start(topic, () -> visible(elasticsearch, topic))) {
            new RandomKills("documents written", () -> elasticsearch.written(topic), DOCUMENTS, SEED)
                    .kill(kills, () -> start(topic));
            try (RouteProcess last = start(topic)) {
                observer.awaitEnd(load);
                assertThat(last.stop()).isZero();
            }

            int watermarks = observer.check((seen, record) -> seen.contains(id(record)));

            // The last watermark is after all records. A process that is killed early does not advance it.
            assertThat(watermarks).as("seed %d", SEED).isGreaterThan(3);
            System.out.printf(
                    "%s: %d kills, %d records, %d watermarks, none too early%n", topic, kills, load.sent(), watermarks);
        }
    }

    private static String value(int number) {
        return number % 66 == 7 ? "not json" : "{\"n\":%d}".formatted(number);
    }

    /** Returns the ids of documents and of dead letters that readers of committed records see. */
    private static Set<String> visible(ElasticsearchProbe elasticsearch, String topic) throws Exception {
        elasticsearch.request("POST", "/" + topic + "/_refresh", "");
        Set<String> seen = new HashSet<>(elasticsearch.ids(topic));
        seen.addAll(IndexedOnce.deadLetters(topic));
        return seen;
    }

    private static String id(ConsumerRecord<?, ?> record) {
        return record.topic() + "+" + record.partition() + "+" + record.offset();
    }

    private static RouteProcess start(String topic) throws Exception {
        return RouteProcess.start(
                "indexing",
                line -> {},
                List.of(
                        "-Dwadi.elasticsearch.hosts="
                                + TestServers.shared().ports().elasticsearchHosts(),
                        "-Dwadi.indexing.topic=" + topic,
                        "-Dwadi.indexing.index=" + topic,
                        "-Dwadi.indexing.group=" + topic,
                        "-Dwadi.indexing.max-bulk-documents=100"));
    }
}
