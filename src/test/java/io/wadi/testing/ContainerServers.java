package io.wadi.testing;

import io.wadi.local.LocalKafka;
import io.wadi.local.LocalServers;
import io.wadi.local.Ports;
import io.wadi.local.ServerPorts;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * Kafka, HDFS and Elasticsearch in containers, with the settings of the local servers. The properties
 * {@code test.image.kafka}, {@code .hdfs} and {@code .elasticsearch} name the images, unless
 * {@code test.image-override.kafka} etc. are set. They have the commands of apache/kafka, apache/hadoop and Elastic's
 * image; the image of docker/local-servers has them all.
 */
final class ContainerServers {
    /** An arbitrary valid cluster id. */
    private static final String CLUSTER = "4L6g3nShT-eMCtK--X86sw";

    private ContainerServers() {}

    /**
     * Starts the containers.
     *
     * @throws IOException if a container does not start
     * @throws IllegalStateException if there is no Docker engine
     */
    static SharedServers start() throws IOException {
        ServerPorts ports = ServerPorts.free();
        ServerContainer kafka = kafka(ports);
        LocalServers.startAll(List.of(elasticsearch(ports), hdfs(ports), kafka), LocalServers.Progress.NONE);
        return new SharedServers(ports, kafka, Optional.empty());
    }

    private static ServerContainer kafka(ServerPorts ports) throws IOException {
        Properties settings = LocalKafka.settings("0.0.0.0", ports.kafka(), Ports.free());
        settings.setProperty("log.dirs", "/tmp/kafka");
        settings.putAll(TestServers.KEEPS_RECORDS);
        StringWriter file = new StringWriter();
        settings.store(file, null);
        return new ServerContainer(
                        "Kafka",
                        ports.kafkaBrokers(),
                        image("kafka"),
                        Wait.forLogMessage(".*Kafka Server started.*", 1),
                        ports.kafka())
                .withFile("/tmp/server.properties", file.toString())
                .with(Map.of("KAFKA_HEAP_OPTS", "-Xmx512m"))
                .running(
                        "bin=/opt/kafka/bin",
                        "$bin/kafka-storage.sh format --ignore-formatted -t " + CLUSTER
                                + " -c /tmp/server.properties || exit",
                        "exec $bin/kafka-server-start.sh /tmp/server.properties");
    }

    /**
     * NameNode and DataNode share a container: the DataNode registers with the address that the NameNode sees,
     * 127.0.0.1.
     */
    private static ServerContainer hdfs(ServerPorts ports) {
        int data = Ports.free();
        int dataIpc = Ports.free();
        int dataHttp = Ports.free();
        String settings = String.join(
                " ",
                "-D fs.defaultFS=" + ports.hdfsUri(),
                "-D dfs.namenode.rpc-bind-host=0.0.0.0",
                "-D dfs.namenode.http-address=0.0.0.0:" + ports.hdfsWeb(),
                "-D dfs.namenode.name.dir=/tmp/hdfs/name",
                "-D dfs.namenode.safemode.extension=0",
                "-D dfs.datanode.data.dir=/tmp/hdfs/data",
                "-D dfs.datanode.hostname=localhost",
                "-D dfs.datanode.address=0.0.0.0:" + data,
                "-D dfs.datanode.ipc.address=0.0.0.0:" + dataIpc,
                "-D dfs.datanode.http.address=0.0.0.0:" + dataHttp,
                "-D dfs.heartbeat.interval=1",
                "-D dfs.replication=1");
        return new ServerContainer(
                        "HDFS",
                        ports.hdfsUri(),
                        image("hdfs"),
                        Wait.forHttp("/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState")
                                .forPort(ports.hdfsWeb())
                                .forResponsePredicate(state -> state.contains("\"NumLiveDataNodes\" : 1")
                                        && state.contains("\"FSState\" : \"Operational\"")),
                        ports.hdfs(),
                        ports.hdfsWeb(),
                        data,
                        dataIpc,
                        dataHttp)
                // The user of the NameNode's process is its superuser.
                .with(Map.of("HADOOP_USER_NAME", System.getProperty("user.name"), "HADOOP_HEAPSIZE_MAX", "512m"))
                .running(
                        "[ -d /tmp/hdfs/name/current ] || hdfs namenode " + settings
                                + " -format -nonInteractive || exit",
                        "hdfs datanode " + settings + " &",
                        "exec hdfs namenode " + settings);
    }

    private static ServerContainer elasticsearch(ServerPorts ports) {
        return new ServerContainer(
                        "Elasticsearch",
                        ports.elasticsearchHosts(),
                        image("elasticsearch"),
                        Wait.forHttp("/_cluster/health").forPort(ports.elasticsearch()),
                        ports.elasticsearch())
                .with(Map.of("ES_JAVA_OPTS", "-Xms128m -Xmx512m"))
                .executing(
                        "elasticsearch",
                        "-Ediscovery.type=single-node",
                        "-Enetwork.host=0.0.0.0",
                        "-Ehttp.port=" + ports.elasticsearch(),
                        "-Expack.security.enabled=false",
                        "-Ecluster.routing.allocation.disk.threshold_enabled=false");
    }

    private static String image(String server) {
        return Objects.requireNonNull(
                System.getProperty("test.image-override." + server, System.getProperty("test.image." + server)),
                "The property of the image is not set: Maven sets it; otherwise see CONTRIBUTING.md");
    }
}
