package io.wadi.landing.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wadi.landing.hdfs.HdfsFileStore.FileOptions;
import io.wadi.local.Ports;
import io.wadi.testing.SilentServer;
import io.wadi.testing.SiteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long operations take on NameNodes that do not answer: never longer than they may. */
class HdfsAwayTest {
    private static final Duration WITHIN = Duration.ofSeconds(3);
    /** Of a loaded machine. */
    private static final Duration SLACK = Duration.ofSeconds(2);

    @TempDir
    private Path site;

    @Test
    void silentNameNode_failsEachOperationInTime() throws Exception {
        Map<String, StoreCall> operations = Map.of(
                "mkdir", store -> store.makeDirectory("/a"),
                "list", store -> store.list("/a"),
                "delete", store -> store.delete("/a"),
                "create", store -> store.create("/a/b"),
                "rename", store -> store.rename("/a/b", "/a/c"));
        try (SilentServer nameNode = new SilentServer(0)) {
            for (Map.Entry<String, StoreCall> operation : operations.entrySet()) {
                try (HdfsConnection connection = connection("hdfs://localhost:" + nameNode.port(), "")) {
                    FileStore store = store(connection);

                    Duration took = failing(() -> operation.getValue().on(store));

                    assertThat(took).as(operation.getKey()).isLessThan(WITHIN);
                }
            }
        }
    }

    @Test
    void silentNameNode_isNotAskedAgainAtOnce() throws Exception {
        try (SilentServer nameNode = new SilentServer(0);
                HdfsConnection connection = connection("hdfs://localhost:" + nameNode.port(), "")) {
            FileStore store = store(connection);
            failing(() -> store.list("/a"));

            Duration took = failing(() -> store.list("/a"));

            assertThat(took).isLessThan(Duration.ofMillis(100));
            assertThatThrownBy(() -> store.list("/a"))
                    .hasMessageMatching("hdfs://localhost:\\d+ is asked again in \\d+ ms, it failed before: .*");
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> failing(() -> store.list("/a")).toMillis() > 100);
        }
    }

    @Test
    void refusingNameNode_failsInSeconds() throws Exception {
        try (HdfsConnection connection = connection("hdfs://localhost:" + Ports.free(), "")) {
            assertThat(failing(() -> store(connection).list("/a"))).isLessThan(Duration.ofSeconds(4));
        }
    }

    @Test
    void silentNameServiceWithTheTimeoutsOfASite_failsInTime() throws Exception {
        try (SilentServer nn1 = new SilentServer(0);
                SilentServer nn2 = new SilentServer(0)) {
            Files.writeString(
                    site.resolve("hdfs-site.xml"),
                    SiteFile.file(
                            "dfs.nameservices",
                            "ha",
                            "dfs.ha.namenodes.ha",
                            "nn1,nn2",
                            "dfs.namenode.rpc-address.ha.nn1",
                            "localhost:" + nn1.port(),
                            "dfs.namenode.rpc-address.ha.nn2",
                            "localhost:" + nn2.port(),
                            "dfs.client.failover.proxy.provider.ha",
                            "org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider",
                            "ipc.client.rpc-timeout.ms",
                            "600000"));
            try (HdfsConnection connection = connection("hdfs://ha", site.toString())) {
                Duration took = failing(() -> store(connection).list("/a"));

                assertThat(took).isBetween(WITHIN, WITHIN.plus(SLACK));
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
            }
        }
    }

    @Test
    void unknownNameService_isSaid() throws Exception {
        try (HdfsConnection connection = connection("hdfs://nameservice1", "")) {
            assertThatThrownBy(() -> store(connection).list("/a"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("hdfs://nameservice1 is neither a host nor a name service that hdfs-site.xml declares");
        }
    }

    private interface StoreCall {
        void on(FileStore store) throws IOException;
    }

    private static Duration failing(ThrowingCallable call) {
        long begun = System.nanoTime();
        assertThatThrownBy(call).isInstanceOf(IOException.class);
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private static HdfsConnection connection(String uri, String confDir) {
        return new HdfsConnection(new HdfsOptions(uri, confDir, "", "", "", "", WITHIN));
    }

    private static FileStore store(HdfsConnection connection) {
        return new HdfsFileStore(connection, FileOptions.DEFAULT);
    }
}
