package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.testing.Nightly;
import io.wadi.testing.OwnElasticsearch;
import io.wadi.testing.Rounds;
import io.wadi.testing.ShippedHdfs;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers of Wadi that are killed with SIGKILL under load and restarted with their data. {@link Drill} has the oracle.
 */
@Nightly(perChange = {"PartitionIndexerRandomTest", "PartitionLanderFaultTest", "HdfsAwayTest"})
class FailoverDrillIT {
    @TempDir
    private Path directory;

    @Test
    void elasticsearchKilledAndRestarted_noDocumentIsLostOrDuplicated() throws Exception {
        try (OwnElasticsearch elasticsearch = OwnElasticsearch.start();
                Drill drill = new Drill(
                        "elasticsearch-drill",
                        directory,
                        Drill.Servers.shared().withElasticsearch(elasticsearch.hosts(), elasticsearch.url()))) {
            drill.begin("landing", "indexing", "indexing");
            drill.recover("Elasticsearch killed, and started again after 200 receipts", () -> {
                elasticsearch.kill();
                drill.awaitMore("receipts without Elasticsearch");
                elasticsearch.restart();
            });
            drill.check();
        }
    }

    @Test
    void nameNodesAndDataNodesKilledInTurn_noRecordIsLostOrDuplicated() throws Exception {
        try (ShippedHdfs hdfs = ShippedHdfs.start(directory.resolve("hdfs"));
                Drill drill = new Drill(
                        "hdfs-drill",
                        directory,
                        Drill.Servers.shared()
                                .withHdfs(
                                        hdfs::client,
                                        "-Dwadi.hdfs.uri=" + ShippedHdfs.URI_OF_BOTH,
                                        "-Dwadi.hdfs.conf-dir=" + hdfs.configuration()))) {
            drill.begin("landing", "landing", "indexing");
            for (int round = 1; round <= Rounds.of(1, 2); round++) {
                ShippedHdfs.Node dataNode = hdfs.dataNode(round);
                drill.recover("DataNode " + round + " of three killed", dataNode::kill);
                dataNode.start();

                int active = hdfs.active();
                drill.recover("the active NameNode killed, number " + active, hdfs.nameNode(active)::kill);
                assertThat(hdfs.active()).isNotZero().isNotEqualTo(active);
                hdfs.nameNode(active).start();
                drill.recover("it has come back as the standby", () -> {});
                await().atMost(ChildJvm.START_TIMEOUT)
                        .untilAsserted(() -> assertThat(hdfs.safeMode(active)).isEmpty());
                assertThat(hdfs.active()).isNotEqualTo(active);
            }
            drill.check();
        }
    }
}
