package io.wadi.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.hadoop.util.ExitUtil;

/**
 * A NameNode and one DataNode in this JVM, spoken to over RPC and WebHDFS on 127.0.0.1 like any others. The NameNode
 * syncs its journal as in production, so what it confirmed survives the death of this process.
 */
public final class LocalHdfs implements LocalServer {
    private final Path directory;
    private final int port;
    private final int webPort;
    private MiniDFSCluster cluster;

    /**
     * A cluster that is not started yet.
     *
     * @param directory keeps everything; formatted by the first start
     * @param port of the NameNode's RPC
     * @param webPort of the NameNode's pages and WebHDFS
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
        cluster = new MiniDFSCluster.Builder(configuration(), directory.toFile())
                .nameNodePort(port)
                .nameNodeHttpPort(webPort)
                .numDataNodes(1)
                .storagesPerDatanode(1)
                .enableManagedDfsDirsRedundancy(false)
                .skipFsyncForTesting(false)
                .checkExitOnShutdown(false)
                .format(!Files.exists(directory.resolve("name-0-1/current/VERSION")))
                .build();
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
        // Not shutdown(), which has the JVM delete the whole directory when it ends.
        cluster.shutdownDataNodes();
        cluster.shutdownNameNodes();
        cluster = null;
    }

    @Override
    public synchronized boolean running() {
        return cluster != null && !ExitUtil.terminateCalled() && cluster.isDataNodeUp();
    }

    /** Stops the DataNode and starts it again on the same ports; returns once the NameNode counts on it. */
    public synchronized void restartDataNode() throws IOException {
        cluster.restartDataNode(0, true);
        cluster.waitActive();
    }

    /** Stops the NameNode and starts it again; returns once it has left safe mode. */
    public synchronized void restartNameNode() throws IOException {
        cluster.restartNameNode(true);
    }

    /** Where the DataNode listens: for blocks, for other nodes, and for HTTP. */
    synchronized List<Integer> dataNodePorts() {
        DataNode node = cluster.getDataNodes().get(0);
        return List.of(node.getXferPort(), node.getIpcPort(), node.getInfoPort());
    }

    private Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.set("hadoop.tmp.dir", directory.resolve("tmp").toString());
        // Seconds; by default 3, for which a restarted NameNode waits.
        configuration.set("dfs.heartbeat.interval", "1");
        // A web page in a browser cannot change files over WebHDFS: its requests lack the header X-XSRF-HEADER.
        configuration.setBoolean("dfs.webhdfs.rest-csrf.enabled", true);
        return configuration;
    }
}
