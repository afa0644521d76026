package io.wadi.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.wadi.hdfs.HdfsFileStore.FileOptions;
import io.wadi.testing.Nightly;
import io.wadi.testing.OwnHdfs;
import io.wadi.testing.SilentServer;
import io.wadi.testing.SiteFile;
import io.wadi.testing.StartedServers;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.StreamSupport;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.MiniDFSCluster.DataNodeProperties;
import org.apache.hadoop.hdfs.protocol.OpenFilesIterator.OpenFilesType;
import org.apache.hadoop.hdfs.server.datanode.DataNodeFaultInjector;
import org.apache.hadoop.metrics2.impl.MetricsCollectorImpl;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guarantees of the operations on real HDFS, also with a frozen DataNode. */
class HdfsFileStoreIT {
    private static final String LIMIT = "timed out after 6 s";
    /** Later than the limit of an operation and earlier than the timeouts of the site files. */
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private static final DataNodeFaultInjector NO_FAULT = DataNodeFaultInjector.get();

    @TempDir
    private static java.nio.file.Path site;

    private static OwnHdfs hdfs;
    private static HdfsConnection connection;
    private static FileStore store;
    /** A connection with an operation timeout of 6 s; its client alone would wait for DataNodes for ten minutes. */
    private static HdfsConnection limited;

    private static FileStore limitedStore;

    @BeforeAll
    static void start() throws IOException {
        hdfs = OwnHdfs.start(1, Map.of());
        hdfs.superuser().mkdirs(new Path("/landing"));
        hdfs.superuser().setPermission(new Path("/landing"), new FsPermission((short) 0777));
        connection = connection("", Duration.ofMinutes(1));
        store = store(connection);
        Files.writeString(
                site.resolve("hdfs-site.xml"),
                SiteFile.file("dfs.client.socket-timeout", "600000", "dfs.datanode.socket.write.timeout", "600000"));
        limited = connection(site.toString(), Duration.ofSeconds(6));
        limitedStore = store(limited);
    }

    private static HdfsConnection connection(String confDir, Duration timeout) {
        return new HdfsConnection(new HdfsOptions(hdfs.uri(), confDir, "alice", "", "", "027", timeout));
    }

    private static FileStore store(HdfsConnection of) {
        return new HdfsFileStore(of, new FileOptions((short) 1, 1 << 20, ""));
    }

    @AfterEach
    void removeFault() {
        DataNodeFaultInjector.set(NO_FAULT);
    }

    @AfterAll
    static void stop() throws Exception {
        StartedServers.close(limited, connection, hdfs);
    }

    @Test
    void file_hasTheConfiguredOwnerPermissionsReplicationAndBlockSize() throws IOException {
        store.makeDirectory("/landing/as-set/here");
        write("/landing/as-set/here/a", "text");

        FileStatus file = hdfs.superuser().getFileStatus(new Path("/landing/as-set/here/a"));
        assertThat(file.getOwner()).isEqualTo("alice");
        assertThat(file.getPermission().toString()).isEqualTo("rw-r-----");
        assertThat(file.getReplication()).isEqualTo((short) 1);
        assertThat(file.getBlockSize()).isEqualTo(1 << 20);
        assertThat(hdfs.superuser()
                        .getFileStatus(new Path("/landing/as-set"))
                        .getPermission()
                        .toString())
                .isEqualTo("rwxr-x---");
    }

    /** HDFS syncs only the last block by itself. */
    @Test
    void sync_fileOfSeveralBlocks_putsEachOnDisk() throws IOException {
        store.makeDirectory("/landing/blocks");
        long before = syncs();

        try (FileStore.Output file = store.create("/landing/blocks/a")) {
            file.write(new byte[(2 << 20) + 10]);
            file.sync();
            assertThat(syncs() - before).isEqualTo(3);
        }
    }

    private static long syncs() {
        MetricsCollectorImpl metrics = new MetricsCollectorImpl();
        DefaultMetricsSystem.instance()
                .getSource(hdfs.cluster().getDataNodes().get(0).getMetrics().name())
                .getMetrics(metrics, true);
        return metrics.getRecords().stream()
                .flatMap(each -> StreamSupport.stream(each.metrics().spliterator(), false))
                .filter(each -> each.name().equals("FsyncCount"))
                .mapToLong(each -> each.value().longValue())
                .sum();
    }

    /** HDFS does not sync files with erasure coding. */
    @Test
    void fileInADirectoryWithErasureCoding_isReplicated() throws IOException {
        store.makeDirectory("/landing/coded");
        hdfs.superuser().enableErasureCodingPolicy("XOR-2-1-1024k");
        hdfs.superuser().setErasureCodingPolicy(new Path("/landing/coded"), "XOR-2-1-1024k");

        try (FileStore.Output file = store.create("/landing/coded/a")) {
            FileStatus created = hdfs.superuser().getFileStatus(new Path("/landing/coded/a"));
            assertThat(created.isErasureCoded()).isFalse();
            assertThat(created.getReplication()).isEqualTo((short) 1);
            file.write(1);
            file.sync();
        }
    }

    @Test
    void directories_getTheConfiguredGroup_andFilesInheritIt() throws IOException {
        hdfs.superuser().mkdirs(new Path("/of-root"));
        String group = hdfs.superuser().getFileStatus(new Path("/of-root")).getGroup() + "s";
        try (HdfsConnection superuser = new HdfsConnection(HdfsOptions.of(hdfs.uri()))) {
            FileStore grouping = new HdfsFileStore(superuser, new FileOptions((short) 1, 1 << 20, group));
            grouping.makeDirectory("/of-root/a/b");
            grouping.create("/of-root/a/b/c").close();
        }

        for (String made : new String[] {"/of-root/a", "/of-root/a/b", "/of-root/a/b/c"}) {
            assertThat(hdfs.superuser().getFileStatus(new Path(made)).getGroup())
                    .as(made)
                    .isEqualTo(group);
        }
        assertThat(hdfs.superuser().getFileStatus(new Path("/of-root")).getGroup())
                .isNotEqualTo(group);
    }

    @Test
    void directoryWithoutTheConfiguredGroup_isNotLeftBehind() throws IOException {
        FileStore grouping = new HdfsFileStore(connection, new FileOptions((short) 1, 1 << 20, "analysts"));

        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(() -> grouping.makeDirectory("/landing/of-analysts/a"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("analysts");
        }
        assertThat(hdfs.superuser().exists(new Path("/landing/of-analysts"))).isFalse();
    }

    @Test
    void rename_toAnExistingFile_throws_andOverwritesNothing() throws IOException {
        store.makeDirectory("/landing/rename");
        write("/landing/rename/first", "first");
        write("/landing/rename/second", "second");

        assertThatThrownBy(() -> store.rename("/landing/rename/second", "/landing/rename/first"))
                .isInstanceOf(FileAlreadyExistsException.class);

        try (var content = hdfs.superuser().open(new Path("/landing/rename/first"))) {
            assertThat(new String(content.readAllBytes(), UTF_8)).isEqualTo("first");
        }
    }

    @Test
    void create_inAMissingDirectory_throws() {
        assertThatThrownBy(() -> store.create("/landing/gone/a")).isInstanceOf(FileNotFoundException.class);
    }

    @Test
    void delete_removesTheTree_andIgnoresAMissingDirectory() throws IOException {
        store.makeDirectory("/landing/deleted/below");
        write("/landing/deleted/below/a", "text");

        store.delete("/landing/deleted");
        assertThat(store.list("/landing/deleted")).isEmpty();
        assertThat(hdfs.superuser().exists(new Path("/landing/deleted"))).isFalse();
        assertThatCode(() -> store.delete("/landing/deleted")).doesNotThrowAnyException();
        assertThat(hdfs.superuser().exists(new Path("/landing"))).isTrue();
    }

    @Test
    void abort_releasesTheLease_onceTheDirectoryIsDeleted() throws IOException {
        store.makeDirectory("/landing/abort");
        FileStore.Output file = store.create("/landing/abort/a");
        file.write("begun".getBytes(UTF_8));
        file.sync();
        file.write("more".getBytes(UTF_8));

        file.abort();
        assertThat(openFiles("/landing/abort")).isTrue();
        store.delete("/landing/abort");

        assertThat(openFiles("/landing/abort")).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void dataNodeFrozenDuringAWrite_syncFailsWithinTheLimit_andAbortDoesNotWait() throws Exception {
        store.makeDirectory("/landing/frozen");
        FileStore.Output file = limitedStore.create("/landing/frozen/a");
        file.write("begun".getBytes(UTF_8));
        file.sync();
        CountDownLatch thawed = freezeAcknowledgements();
        try {
            file.write("more".getBytes(UTF_8));

            assertThat(failure(file::sync)).hasMessage(LIMIT);
            assertTimeoutPreemptively(DEADLINE, file::abort);
        } finally {
            thawed.countDown();
        }
    }

    @Test
    void dataNodeFrozenDuringTheClose_isNoOutageOfTheNameNode() throws Exception {
        try (HdfsConnection impatient = connection(site.toString(), Duration.ofSeconds(3))) {
            FileStore files = store(impatient);
            files.makeDirectory("/landing/frozen-close");
            FileStore.Output file = files.create("/landing/frozen-close/a");
            file.write("begun".getBytes(UTF_8));
            file.sync();
            CountDownLatch thawed = freezeAcknowledgements();
            try {
                assertThat(failure(file::close)).hasMessage("timed out after 3 s");

                assertThat(files.list("/landing/frozen-close")).hasSize(1);
                assertTimeoutPreemptively(DEADLINE, file::abort);
            } finally {
                thawed.countDown();
            }
        }
    }

    @Test
    @Nightly(perChange = "HdfsFileStoreIT#dataNodeFrozenDuringAWrite_syncFailsWithinTheLimit_andAbortDoesNotWait")
    void frozenDataNode_failsWritesWithinTheLimit() throws Exception {
        store.makeDirectory("/landing/frozen-writes");
        FileStore.Output file = limitedStore.create("/landing/frozen-writes/a");
        file.write(1);
        file.sync();
        CountDownLatch thawed = freezeAcknowledgements();
        try {
            byte[] much = new byte[16 << 20];

            assertThat(failure(() -> file.write(much))).hasMessage(LIMIT);
            assertTimeoutPreemptively(DEADLINE, file::abort);
        } finally {
            thawed.countDown();
        }
    }

    @Test
    @Nightly(
            perChange = {
                "HdfsFileStoreIT#dataNodeFrozenDuringAWrite_syncFailsWithinTheLimit_andAbortDoesNotWait",
                "HdfsAwayTest"
            })
    void silentDataNode_failsSyncAndReadsWithinTheLimit_andLaterFilesAreWritten() throws Exception {
        store.makeDirectory("/landing/silent");
        write("/landing/silent/old", "text");
        int port = hdfs.cluster().getDataNodes().get(0).getXferPort();
        DataNodeProperties stopped = hdfs.cluster().stopDataNode(0);
        try (SilentServer frozen = new SilentServer(port)) {
            FileStore.Output file = limitedStore.create("/landing/silent/a");
            file.write("text".getBytes(UTF_8));

            assertThat(failure(file::sync)).hasMessage(LIMIT);
            assertTimeoutPreemptively(DEADLINE, file::abort);
            try (InputStream old = limitedStore.open("/landing/silent/old")) {
                assertThat(failure(old::read)).hasMessage(LIMIT);
            }
        }
        hdfs.cluster().restartDataNode(stopped, true);
        hdfs.cluster().waitActive();
        write("/landing/silent/b", "text");
        assertThat(hdfs.superuser().getFileStatus(new Path("/landing/silent/b")).getLen())
                .isEqualTo(4);
    }

    private static CountDownLatch freezeAcknowledgements() {
        CountDownLatch thawed = new CountDownLatch(1);
        DataNodeFaultInjector.set(new DataNodeFaultInjector() {
            @Override
            public void delaySendingAckToUpstream(String upstream) throws IOException {
                try {
                    thawed.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException(e);
                }
            }
        });
        return thawed;
    }

    private static void write(String path, String text) throws IOException {
        try (FileStore.Output file = store.create(path)) {
            file.write(text.getBytes(UTF_8));
            file.sync();
        }
    }

    private static boolean openFiles(String directory) throws IOException {
        return hdfs.superuser()
                .listOpenFiles(EnumSet.of(OpenFilesType.ALL_OPEN_FILES), directory)
                .hasNext();
    }

    private static IOException failure(ThrowingCallable call) {
        return assertTimeoutPreemptively(DEADLINE, () -> catchThrowableOfType(IOException.class, call));
    }
}
