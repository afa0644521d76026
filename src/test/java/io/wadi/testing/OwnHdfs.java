package io.wadi.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.MiniDFSNNTopology;

/** An HDFS of one test class, for failures that the shared one must not have. */
public final class OwnHdfs implements AutoCloseable {
    private final MiniDFSCluster cluster;

    private OwnHdfs(MiniDFSCluster cluster) {
        this.cluster = cluster;
    }

    /** Starts one NameNode and some DataNodes; returns when files can be written. */
    public static OwnHdfs start(int dataNodes, Map<String, String> settings) throws IOException {
        return start(MiniDFSNNTopology.simpleSingleNN(0, 0), dataNodes, settings);
    }

    /** Starts the name service {@code ha} with two NameNodes, the first of them active, and some DataNodes. */
    public static OwnHdfs startPair(int dataNodes, Map<String, String> settings) throws IOException {
        MiniDFSNNTopology pair = new MiniDFSNNTopology()
                .addNameservice(new MiniDFSNNTopology.NSConf("ha")
                        .addNN(new MiniDFSNNTopology.NNConf("nn1"))
                        .addNN(new MiniDFSNNTopology.NNConf("nn2")));
        OwnHdfs hdfs = start(pair, dataNodes, settings);
        hdfs.cluster.transitionToActive(0);
        return hdfs;
    }

    private static OwnHdfs start(MiniDFSNNTopology topology, int dataNodes, Map<String, String> settings)
            throws IOException {
        Path directory = TestServers.newDirectory("hdfs");
        Configuration configuration = new Configuration();
        configuration.set("hadoop.tmp.dir", directory.resolve("tmp").toString());
        configuration.set("dfs.heartbeat.interval", "1");
        settings.forEach(configuration::set);
        MiniDFSCluster cluster = new MiniDFSCluster.Builder(configuration, directory.toFile())
                .nnTopology(topology)
                .numDataNodes(dataNodes)
                .storagesPerDatanode(1)
                .checkExitOnShutdown(false)
                .build();
        cluster.waitActive();
        return new OwnHdfs(cluster);
    }

    /** Returns the address of the first NameNode. */
    public String uri() {
        return "hdfs://localhost:" + cluster.getNameNodePort(0);
    }

    /** Returns the cluster, for the failures that a test causes. */
    public MiniDFSCluster cluster() {
        return cluster;
    }

    /** Returns a client with the superuser's rights for the first NameNode, which is closed with the cluster. */
    public DistributedFileSystem superuser() throws IOException {
        return cluster.getFileSystem(0);
    }

    @Override
    public void close() {
        cluster.shutdown(true);
    }
}
