package io.wadi.landing.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.landing.hdfs.HdfsFileStore.FileOptions;
import io.wadi.testing.OwnHdfs;
import io.wadi.testing.SilentServer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.MiniDFSCluster.DataNodeProperties;
import org.apache.hadoop.hdfs.protocol.OpenFilesIterator.OpenFilesType;
import org.apache.hadoop.hdfs.server.datanode.DataNodeFaultInjector;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the operations promise, on real HDFS, also with a DataNode that is frozen. */
class HdfsFileStoreIT {
    private static final Duration WITHIN = Duration.ofSeconds(4);
    /** Of a loaded machine. */
    private static final Duration SLACK = Duration.ofSeconds(2);

    private static final DataNodeFaultInjector NO_FAULT = DataNodeFaultInjector.get();
    private static OwnHdfs hdfs;
    private static HdfsConnection connection;
    private static FileStore store;

    @BeforeAll
    static void start() throws IOException {
        hdfs = OwnHdfs.start(1, Map.of());
        hdfs.superuser().mkdirs(new Path("/landing"));
        hdfs.superuser().setPermission(new Path("/landing"), new FsPermission((short) 0777));
        connection = new HdfsConnection(new HdfsOptions(hdfs.uri(), "", "alice", "", "", "027", WITHIN));
        store = new HdfsFileStore(connection, new FileOptions((short) 1, 1 << 20, ""));
    }

    @AfterEach
    void noFault() {
        DataNodeFaultInjector.set(NO_FAULT);
    }

    @AfterAll
    static void stop() throws IOException {
        connection.close();
        hdfs.close();
    }

    @Test
    void file_hasTheOwnerRightsReplicationAndBlockSizeAskedFor() throws IOException {
        store.makeDirectory("/landing/as-asked/here");
        write("/landing/as-asked/here/a", "text");

        FileStatus file = hdfs.superuser().getFileStatus(new Path("/landing/as-asked/here/a"));
        assertThat(file.getOwner()).isEqualTo("alice");
        assertThat(file.getPermission().toString()).isEqualTo("rw-r-----");
        assertThat(file.getReplication()).isEqualTo((short) 1);
        assertThat(file.getBlockSize()).isEqualTo(1 << 20);
        assertThat(hdfs.superuser()
                        .getFileStatus(new Path("/landing/as-asked"))
                        .getPermission()
                        .toString())
                .isEqualTo("rwxr-x---");
    }

    @Test
    void directories_areGivenTheGroup_andFilesInherit() throws IOException {
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
    void rename_ontoAFile_throwsAndOverwritesNothing() throws IOException {
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
    void create_inADirectoryThatIsGone_throws() {
        assertThatThrownBy(() -> store.create("/landing/gone/a")).isInstanceOf(FileNotFoundException.class);
    }

    @Test
    void delete_ofNothing_isSilent() throws IOException {
        store.delete("/landing/never-was");
    }

    @Test
    void abort_leavesNoLeaseOnceTheDirectoryIsDeleted() throws IOException {
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
    void dataNodeFrozenInTheMiddleOfAFile_failsSyncInTime_andAbortAtOnce() throws Exception {
        store.makeDirectory("/landing/frozen");
        FileStore.Output file = store.create("/landing/frozen/a");
        file.write("begun".getBytes(UTF_8));
        file.sync();
        CountDownLatch thawed = freezeAcknowledgements();
        try {
            file.write("more".getBytes(UTF_8));

            assertThat(failing(file::sync)).isBetween(Duration.ofSeconds(1), WITHIN.plus(SLACK));
            assertThat(timed(file::abort)).isLessThan(SLACK);
        } finally {
            thawed.countDown();
        }
    }

    @Test
    void dataNodeFrozen_failsWritesInTime() throws Exception {
        store.makeDirectory("/landing/frozen-writes");
        FileStore.Output file = store.create("/landing/frozen-writes/a");
        file.write(1);
        file.sync();
        CountDownLatch thawed = freezeAcknowledgements();
        try {
            byte[] much = new byte[16 << 20];

            assertThat(failing(() -> file.write(much))).isBetween(Duration.ofSeconds(1), WITHIN.plus(SLACK));
            assertThat(timed(file::abort)).isLessThan(SLACK);
        } finally {
            thawed.countDown();
        }
    }

    @Test
    void dataNodeThatTakesConnectionsOnly_failsSyncInTime_andLaterFilesAreWritten() throws Exception {
        store.makeDirectory("/landing/silent");
        int port = hdfs.cluster().getDataNodes().get(0).getXferPort();
        DataNodeProperties stopped = hdfs.cluster().stopDataNode(0);
        try (SilentServer frozen = new SilentServer(port)) {
            FileStore.Output file = store.create("/landing/silent/a");
            file.write("text".getBytes(UTF_8));

            assertThat(failing(file::sync)).isLessThan(WITHIN.plus(SLACK));
            assertThat(timed(file::abort)).isLessThan(SLACK);
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

    private interface Step {
        void run() throws IOException;
    }

    private static Duration failing(ThrowingCallable call) throws IOException {
        return timed(() -> assertThatThrownBy(call).isInstanceOf(IOException.class));
    }

    private static Duration timed(Step step) throws IOException {
        long begun = System.nanoTime();
        step.run();
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
