package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.OwnElasticsearch;
import io.wadi.testing.RandomKills;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.SteadyLoad;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.GroupType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * kill -9 of the pipeline, with the shipped indexing route alone, and of Elasticsearch, at random moments while records come,
 * some of them no documents: afterwards each record is one document or one dead letter.
 */
class IndexingCrashIT {
    private static final int PARTITIONS = 3;

    /** A process indexes as many documents, or fewer, before the kill. */
    private static final int DOCUMENTS = 400;

    private static final long SEED = Long.getLong("test.seed", 20261120);

    /** The pipeline, then Elasticsearch; the nightly lane also kills both at once. */
    @Test
    void killedAtRandomMoments_loseAndDoubleNothing() throws Exception {
        kill("indexing-kills", 2, 2);
    }

    @Test
    @Tag("long")
    void killedManyTimesAtRandomMoments_loseAndDoubleNothing() throws Exception {
        kill("indexing-many-kills", 200, 10);
    }

    @Test
    @Tag("long")
    void killedUnderTheConsumerProtocol_losesAndDoublesNothing() throws Exception {
        String topic = "indexing-consumer-protocol";
        KafkaProbe.shortSessions(topic);
        kill(topic, 1, 2, RouteProcess.CONSUMER_PROTOCOL);
        assertThat(KafkaProbe.groupType(topic)).isEqualTo(GroupType.CONSUMER);
    }

    /** Every so many kills it is Elasticsearch that is killed, alone and with the pipeline in turn. */
    private static void kill(String topic, int kills, int elasticsearchEvery, String... options) throws Exception {
        KafkaProbe.createTopic(topic, PARTITIONS);
        try (OwnElasticsearch server = OwnElasticsearch.start();
                SteadyLoad load = SteadyLoad.start(topic, PARTITIONS, IndexingCrashIT::value)) {
            ElasticsearchProbe elasticsearch = new ElasticsearchProbe(server.url());
            elasticsearch.request("PUT", "/" + topic, "{\"mappings\":{\"properties\":{\"n\":{\"type\":\"long\"}}}}");
            RandomKills moments =
                    new RandomKills("documents written", () -> elasticsearch.written(topic), DOCUMENTS, SEED);
            RouteProcess wadi = start(topic, server, options);
            try {
                for (int kill = 1; kill <= kills; kill++) {
                    moments.awaitNext(wadi);
                    boolean elasticsearchToo = kill % elasticsearchEvery == 0;
                    if (elasticsearchToo) {
                        server.kill();
                    }
                    if (!elasticsearchToo || kill / elasticsearchEvery % 2 == 0) {
                        wadi.kill();
                        wadi = start(topic, server, options);
                    }
                    // Does nothing where it runs.
                    server.restart();
                }
                load.stop();
                IndexedOnce.awaitAll(topic);
            } finally {
                wadi.close();
            }
            IndexedOnce.check(elasticsearch, topic);
        }
    }

    private static String value(int number) {
        return switch (number % 66) {
            case 7 -> "not json";
            case 13 -> "{\"n\":{\"is\":\"an object\"}}";
            default -> "{\"n\":%d}".formatted(number);
        };
    }

    private static RouteProcess start(String topic, OwnElasticsearch server, String... further) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "-Dwadi.elasticsearch.hosts=" + server.hosts(),
                "-Dwadi.indexing.topic=" + topic,
                "-Dwadi.indexing.index=" + topic,
                "-Dwadi.indexing.group=" + topic,
                // Small requests: more moments to be killed between.
                "-Dwadi.indexing.max-bulk-documents=100"));
        options.addAll(List.of(further));
        return RouteProcess.start("indexing", line -> {}, options);
    }
}
