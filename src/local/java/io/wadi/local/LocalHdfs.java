package io.wadi.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.hadoop.util.ExitUtil;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A NameNode and one DataNode in this JVM, with RPC and WebHDFS on 127.0.0.1. The NameNode syncs its journal as in
 * production, so that confirmed changes survive a crash of this process.
 */
public final class LocalHdfs implements LocalServer {
    private final Path directory;
    private final int port;
    private final int webPort;
    private MiniDFSCluster cluster;

    /**
     * A cluster that keeps its data: the shutdown of Hadoop's own, also that after a failed start, deletes the whole
     * directory at the end of the JVM.
     */
    private static final class Cluster extends MiniDFSCluster {
        Cluster(Builder builder) throws IOException {
            super(builder);
        }

        /** Waits as long as for other servers; Hadoop's own method waits for eleven seconds, too short on a busy machine. */
        @Override
        public void waitClusterUp() throws IOException {
            try {
                Awaitility.await().atMost(ChildJvm.START_TIMEOUT).until(this::isClusterUp);
            } catch (ConditionTimeoutException e) {
                throw new IOException("HDFS was not ready after %d s".formatted(ChildJvm.START_TIMEOUT.toSeconds()), e);
            }
        }

        @Override
        public void shutdown(boolean deleteDfsDir, boolean closeFileSystem) {
            shutdownDataNodes();
            shutdownNameNodes();
        }
    }

    /**
     * Creates a cluster without starting it.
     *
     * @param directory the data directory, formatted by the first start
     * @param port the NameNode's RPC port
     * @param webPort the port of the NameNode's pages and WebHDFS
     */
    public LocalHdfs(Path directory, int port, int webPort) {
        this.directory = directory.toAbsolutePath();
        this.port = port;
        this.webPort = webPort;
    }

    @Override
    public String name() {
        return "HDFS";
    }

    @Override
    public String address() {
        return "hdfs://localhost:" + port;
    }

    @Override
    public synchronized void start() throws IOException {
        if (cluster != null) {
            return;
        }
        ExitUtil.resetFirstExitException();
        cluster = new Cluster(new MiniDFSCluster.Builder(configuration(), directory.toFile())
                .nameNodePort(port)
                .nameNodeHttpPort(webPort)
                .numDataNodes(1)
                .storagesPerDatanode(1)
                .enableManagedDfsDirsRedundancy(false)
                .skipFsyncForTesting(false)
                .checkExitOnShutdown(false)
                .format(!Files.exists(directory.resolve("name-0-1/current/VERSION"))));
        try {
            cluster.waitActive();
        } catch (IOException e) {
            stop();
            throw e;
        }
    }

    @Override
    public synchronized void stop() {
        if (cluster == null) {
            return;
        }
        cluster.shutdown();
        cluster = null;
    }

    @Override
    public synchronized boolean running() {
        return cluster != null && !ExitUtil.terminateCalled() && cluster.isDataNodeUp();
    }

    /** Restarts the DataNode on the same ports; returns when the NameNode uses it. */
    public synchronized void restartDataNode() throws IOException {
        cluster.restartDataNode(0, true);
        cluster.waitActive();
    }

    /** Restarts the NameNode; returns when it has left safe mode. */
    public synchronized void restartNameNode() throws IOException {
        cluster.restartNameNode(true);
    }

    /** Returns the DataNode's ports for blocks, RPC and HTTP. */
    synchronized List<Integer> dataNodePorts() {
        DataNode node = cluster.getDataNodes().get(0);
        return List.of(node.getXferPort(), node.getIpcPort(), node.getInfoPort());
    }

    private Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.set("hadoop.tmp.dir", directory.resolve("tmp").toString());
        // A restarted NameNode waits for heartbeats, every 3 seconds by default.
        configuration.set("dfs.heartbeat.interval", "1");
        // By default, the NameNode looks for blocks to delete every 10 ms, which takes a second of CPU in four minutes.
        configuration.set("dfs.namenode.block.deletion.unlock.interval.ms", "200");
        // A web page in a browser cannot change files over WebHDFS: its requests lack the header X-XSRF-HEADER.
        configuration.setBoolean("dfs.webhdfs.rest-csrf.enabled", true);
        return configuration;
    }
}
