package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.ServerPorts;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.OwnElasticsearch;
import io.wadi.testing.RandomKills;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.SteadyLoad;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.GroupType;
import org.junit.jupiter.api.Test;

/**
 * Kills and freezes of a process that runs only the shipped indexing route, and kills of Elasticsearch, at random
 * moments under steady load with some invalid documents. Afterwards each record is one document or one dead letter.
 */
class IndexingCrashIT {
    private static final int PARTITIONS = 3;

    /** The maximum number of documents that a process indexes before it is killed. */
    private static final int DOCUMENTS = 400;

    private static final long SEED = Long.getLong("test.seed", 20261120);

    /** Kills the pipeline; the nightly lane also kills Elasticsearch, and both together. */
    @Test
    void killedAtRandom_indexesEachRecordOnce() throws Exception {
        ServerPorts shared = TestServers.shared().ports();
        String topic = "indexing-kills";
        try (SteadyLoad load = load(topic, shared.elasticsearchUrl())) {
            moments(topic, shared.elasticsearchUrl()).kill(1, () -> start(topic, shared.elasticsearchHosts()));
            try (RouteProcess last = start(topic, shared.elasticsearchHosts())) {
                load.stop();
                IndexedOnce.awaitAll(topic);
                assertThat(last.stop()).isZero();
            }
        }
        IndexedOnce.check(new ElasticsearchProbe(shared.elasticsearchUrl()), topic);
    }

    @Test
    @Nightly(perChange = {"IndexingCrashIT#killedAtRandom_indexesEachRecordOnce", "PartitionIndexerRandomTest"})
    void killedManyTimesAtRandom_indexesEachRecordOnce() throws Exception {
        kill("indexing-many-kills", 200, 10);
    }

    @Test
    @Nightly(perChange = {"IndexingCrashIT#killedAtRandom_indexesEachRecordOnce", "PartitionIndexerRandomTest"})
    void killedUnderTheConsumerProtocol_indexesEachRecordOnce() throws Exception {
        String topic = "indexing-consumer-protocol";
        GroupProbe.shortSessions(topic);
        kill(topic, 1, 2, RouteProcess.CONSUMER_PROTOCOL);
        assertThat(GroupProbe.type(topic)).isEqualTo(GroupType.CONSUMER);
    }

    /** Frozen until another member has taken over; the commits of the frozen one are then fenced. */
    @Test
    @Nightly(because = "freezes processes for longer than the session timeout")
    void frozenUnderTheConsumerProtocol_indexesEachRecordOnce() throws Exception {
        ServerPorts shared = TestServers.shared().ports();
        String topic = "indexing-zombies-consumer-protocol";
        GroupProbe.shortSessions(topic);
        Callable<RouteProcess> start = () -> start(topic, shared.elasticsearchHosts(), RouteProcess.CONSUMER_PROTOCOL);
        try (SteadyLoad load = load(topic, shared.elasticsearchUrl())) {
            moments(topic, shared.elasticsearchUrl()).freeze(3, topic, start);
            try (RouteProcess last = start.call()) {
                load.stop();
                IndexedOnce.awaitAll(topic);
                assertThat(last.stop()).isZero();
            }
        }
        IndexedOnce.check(new ElasticsearchProbe(shared.elasticsearchUrl()), topic);
        assertThat(GroupProbe.type(topic)).isEqualTo(GroupType.CONSUMER);
    }

    /** Kills the pipeline, and every {@code elasticsearchEvery}-th time Elasticsearch, in turn alone and with it. */
    private static void kill(String topic, int kills, int elasticsearchEvery, String... options) throws Exception {
        try (OwnElasticsearch server = OwnElasticsearch.start();
                SteadyLoad load = load(topic, server.url())) {
            RandomKills moments = moments(topic, server.url());
            RouteProcess wadi = start(topic, server.hosts(), options);
            try {
                for (int kill = 1; kill <= kills; kill++) {
                    moments.awaitNext(wadi);
                    boolean elasticsearchToo = kill % elasticsearchEvery == 0;
                    if (elasticsearchToo) {
                        server.kill();
                    }
                    if (!elasticsearchToo || kill / elasticsearchEvery % 2 == 0) {
                        wadi.kill();
                        wadi = start(topic, server.hosts(), options);
                    }
                    // Does nothing if Elasticsearch runs.
                    server.restart();
                }
                load.stop();
                IndexedOnce.awaitAll(topic);
            } finally {
                wadi.close();
            }
            IndexedOnce.check(new ElasticsearchProbe(server.url()), topic);
        }
    }

    private static SteadyLoad load(String topic, String elasticsearch) throws Exception {
        TopicProbe.create(topic, PARTITIONS);
        new ElasticsearchProbe(elasticsearch)
                .request("PUT", "/" + topic, "{\"mappings\":{\"properties\":{\"n\":{\"type\":\"long\"}}}}");
        return SteadyLoad.start(topic, PARTITIONS, IndexingCrashIT::value);
    }

    private static RandomKills moments(String topic, String elasticsearch) {
        ElasticsearchProbe probe = new ElasticsearchProbe(elasticsearch);
        return new RandomKills("documents written", () -> probe.written(topic), DOCUMENTS, SEED);
    }

    private static String value(int number) {
        return switch (number % 66) {
            case 7 -> "not json";
            case 13 -> "{\"n\":{\"is\":\"an object\"}}";
            default -> "{\"n\":%d}".formatted(number);
        };
    }

    private static RouteProcess start(String topic, String hosts, String... further) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "-Dwadi.elasticsearch.hosts=" + hosts,
                "-Dwadi.indexing.topic=" + topic,
                "-Dwadi.indexing.index=" + topic,
                "-Dwadi.indexing.group=" + topic,
                // Small requests give more points for a kill.
                "-Dwadi.indexing.max-bulk-documents=100"));
        options.addAll(List.of(further));
        return RouteProcess.start("indexing", line -> {}, options);
    }
}
