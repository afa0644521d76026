package io.wadi;

import static org.awaitility.Awaitility.await;

import io.wadi.testing.GroupProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.ProxiedServers;
import io.wadi.testing.ServerProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A slow, stalled and broken network between Wadi and its servers. {@link Drill} has the oracle. */
@Nightly(perChange = {"SilentKafkaTest", "HdfsAwayTest", "PartitionIndexerRandomTest"})
class NetworkDrillIT {
    private static final Duration FAR = Duration.ofMillis(50);
    private static final int TIMES = 5;

    @TempDir
    private Path directory;

    @Test
    void slowStalledAndBrokenNetwork_noRecordIsLostOrDuplicated() throws Exception {
        try (ProxiedServers servers = ProxiedServers.start(directory);
                Drill drill = new Drill(
                        "network-drill",
                        directory,
                        Drill.Servers.shared()
                                .withKafka(servers.brokers())
                                .withOptions(
                                        "-Dwadi.kafka.brokers=localhost:"
                                                + servers.kafka().port(),
                                        "-Dwadi.hdfs.uri=hdfs://localhost:"
                                                + servers.hdfs().port(),
                                        "-Dwadi.elasticsearch.hosts=localhost:"
                                                + servers.elasticsearch().port()))) {
            drill.begin("landing", "landing", "indexing");

            servers.lines().forEach(each -> each.slowDown(FAR));
            drill.recover("all servers are 50 ms away in either direction", () -> {});
            servers.lines().forEach(each -> each.slowDown(Duration.ZERO));

            for (ServerProxy each : servers.lines()) {
                drill.recover("each connection to %s broken, five times".formatted(each.name()), () -> {
                    for (int i = 0; i < TIMES; i++) {
                        each.breakConnections();
                        drill.awaitMore("receipts while connections break");
                    }
                });
            }
            drill.recover("nothing gets through to Kafka, until the groups are empty", () -> {
                servers.kafka().blackhole();
                for (String group : drill.groups()) {
                    await(group)
                            .until(() ->
                                    GroupProbe.members(servers.brokers(), group).isEmpty());
                }
                servers.kafka().restore();
            });
            for (ServerProxy each : List.of(servers.hdfs(), servers.elasticsearch())) {
                drill.recover("nothing gets through to %s for 2,000 receipts".formatted(each.name()), () -> {
                    each.blackhole();
                    long before = drill.receipted();
                    await(each.name()).until(() -> drill.receipted() >= before + 2_000);
                    each.restore();
                });
            }
            drill.check();
        }
    }
}
