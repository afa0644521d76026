package io.wadi.landing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.Nightly;
import io.wadi.testing.OwnHdfs;
import io.wadi.testing.SiteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Landing in a name service declared by Hadoop site files, during failovers of its NameNodes. */
@Nightly(perChange = {"HdfsConfigurationTest", "HdfsAwayTest", "PartitionLanderFaultTest"})
class HdfsFailoverIT {
    @TempDir
    private static Path site;

    @AutoClose
    private static OwnHdfs hdfs;

    private static int active;

    @BeforeAll
    static void start() throws IOException {
        hdfs = OwnHdfs.startPair(1, Map.of("dfs.ha.tail-edits.period", "1"));
        Files.writeString(
                site.resolve("hdfs-site.xml"),
                SiteFile.file(
                        "dfs.nameservices",
                        "ha",
                        "dfs.ha.namenodes.ha",
                        "nn1,nn2",
                        "dfs.namenode.rpc-address.ha.nn1",
                        "localhost:" + hdfs.cluster().getNameNodePort(0),
                        "dfs.namenode.rpc-address.ha.nn2",
                        "localhost:" + hdfs.cluster().getNameNodePort(1),
                        "dfs.client.failover.proxy.provider.ha",
                        "org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider"));
    }

    @Test
    void failovers_eachRecordIsLandedOnce() throws Exception {
        MiniDFSCluster cluster = hdfs.cluster();
        try (LandingUnderLoad landing = LandingUnderLoad.start(
                "fail-over",
                HdfsFailoverIT::client,
                Map.of("wadi.hdfs.uri", "hdfs://ha", "wadi.hdfs.conf-dir", site.toString()))) {
            landing.during(() -> {
                cluster.transitionToStandby(0);
                switchTo(1);
                landing.awaitMore(0, 1, 2);
            });
            landing.during(() -> {
                cluster.transitionToStandby(1);
                List<String> messages = landing.awaitFailures(2, 0, 1, 2);
                assertThat(messages).allMatch(line -> line.contains(": retrying from offset "));
                switchTo(0);
            });
            landing.during(() -> {
                cluster.shutdownNameNode(0);
                switchTo(1);
            });
            landing.stopAndAssertLandedOnce();
        }
    }

    private static void switchTo(int nameNode) throws IOException {
        hdfs.cluster().transitionToActive(nameNode);
        active = nameNode;
    }

    private static FileSystem client() throws IOException {
        return hdfs.cluster().getFileSystem(active);
    }
}
