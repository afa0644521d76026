package io.wadi.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.wadi.hdfs.HdfsFileStore.FileOptions;
import io.wadi.local.Ports;
import io.wadi.testing.SilentServer;
import io.wadi.testing.SiteFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.util.function.ThrowingConsumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Operations on unavailable NameNodes end with the client's timeouts or, if these are longer, with Wadi's limit. */
@Execution(ExecutionMode.CONCURRENT)
class HdfsAwayTest {
    /** The limit of an operation; the client's own timeouts are a third of it. */
    private static final Duration WITHIN = Duration.ofSeconds(9);

    private static final String CLIENTS_TIMEOUT = "3000 millis timeout";
    private static final String LIMIT = "timed out after 9 s";
    /** Later than the limit and earlier than the timeouts of the site files. */
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    @TempDir
    private Path site;

    /** Loads the classes of the client, so that the first test does not include that time. */
    @BeforeAll
    static void loadTheClient() {
        failure("hdfs://localhost:" + Ports.free(), "", list());
    }

    @Test
    void silentNameNode_failsEachOperationWithinTheClientTimeout() throws Exception {
        Map<String, ThrowingConsumer<FileStore, IOException>> operations = Map.of(
                "mkdir", store -> store.makeDirectory("/a"),
                "list", store -> store.list("/a"),
                "delete", store -> store.delete("/a"),
                "create", store -> store.create("/a/b"),
                "rename", store -> store.rename("/a/b", "/a/c"));
        try (SilentServer nameNode = new SilentServer(0)) {
            Map<String, CompletableFuture<IOException>> failures = new TreeMap<>();
            operations.forEach((name, operation) -> failures.put(
                    name,
                    CompletableFuture.supplyAsync(
                            () -> failure("hdfs://localhost:" + nameNode.port(), "", operation),
                            task -> new Thread(task).start())));

            failures.forEach((name, failure) -> assertThat(failure)
                    .as(name)
                    .succeedsWithin(DEADLINE)
                    .satisfies(each -> assertThat(each).hasMessageContaining(CLIENTS_TIMEOUT)));
        }
    }

    @Test
    void silentNameNode_isNotRetriedImmediately() throws Exception {
        try (SilentServer nameNode = new SilentServer(0);
                HdfsConnection connection = connection("hdfs://localhost:" + nameNode.port(), "")) {
            FileStore store = new HdfsFileStore(connection, FileOptions.DEFAULT);

            assertThat(failure(store, list())).hasMessageContaining(CLIENTS_TIMEOUT);
            await().untilAsserted(() -> assertThat(failure(store, list()))
                    .hasMessageMatching(
                            "hdfs://localhost:\\d+: no attempt for the next \\d+m?s, because the last one failed: .*"));
            await().untilAsserted(() -> assertThat(failure(store, list()))
                    .hasMessageContaining(CLIENTS_TIMEOUT)
                    .hasMessageNotContaining("no attempt for the next"));
        }
    }

    /** The NameNode has responded, although late. The delay is that of its response: only slow failures are outages. */
    @Test
    void missingFile_ofASlowNameNode_isNotAnOutage() throws Exception {
        try (HdfsConnection connection = connection("hdfs://localhost:" + Ports.free(), "")) {
            assertThatThrownBy(() -> connection.run(hdfs -> {
                        try {
                            TimeUnit.MILLISECONDS.sleep(1_100);
                        } catch (InterruptedException e) {
                            throw new InterruptedIOException();
                        }
                        throw new FileNotFoundException("File does not exist: /a");
                    }))
                    .isInstanceOf(FileNotFoundException.class);

            assertThat(connection.<String>run(hdfs -> "next")).isEqualTo("next");
        }
    }

    @Test
    void refusedConnection_failsAtOnce() {
        assertThat(failure("hdfs://localhost:" + Ports.free(), "", list())).hasMessageContaining("Connection refused");
    }

    @Test
    void silentNameService_withSiteFileTimeouts_failsWithinTheLimit() throws Exception {
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
            assertTimeoutPreemptively(DEADLINE, () -> {
                assertThat(failure("hdfs://ha", site.toString(), list())).hasMessage(LIMIT);
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
            });
        }
    }

    @Test
    void unknownNameService_isReported() {
        assertThat(failure("hdfs://nameservice1", "", list()))
                .hasMessage("hdfs://nameservice1 is neither a host nor a name service that hdfs-site.xml declares");
    }

    private static ThrowingConsumer<FileStore, IOException> list() {
        return store -> store.list("/a");
    }

    private static IOException failure(String uri, String confDir, ThrowingConsumer<FileStore, IOException> call) {
        try (HdfsConnection connection = connection(uri, confDir)) {
            return failure(new HdfsFileStore(connection, FileOptions.DEFAULT), call);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static IOException failure(FileStore store, ThrowingConsumer<FileStore, IOException> call) {
        return catchThrowableOfType(IOException.class, () -> call.accept(store));
    }

    private static HdfsConnection connection(String uri, String confDir) {
        return new HdfsConnection(new HdfsOptions(uri, confDir, "", "", "", "", WITHIN));
    }
}
