package io.wadi.testing;

import io.wadi.local.ChildJvm;
import io.wadi.local.ChildProcess;
import io.wadi.local.Ports;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.awaitility.Awaitility;

/**
 * HDFS as in the profile {@code full} of {@code docker/compose.yaml}: two NameNodes, each with a failover controller,
 * three JournalNodes and three DataNodes, each a process that {@code docker/hdfs/start} starts with the files of
 * {@code docker/hdfs/ha}. Addresses, ports and directories differ, and there is one ZooKeeper instead of three.
 */
public final class ShippedHdfs implements AutoCloseable {
    /** The address of both NameNodes in the shipped files. */
    public static final String URI_OF_BOTH = "hdfs://wadi";

    private static final Path SHIPPED = Path.of("docker/hdfs");
    /** Logs warnings to the standard output. */
    private static final String LOG = "-Dlogback.configurationFile=logback-tools.xml";

    private static final Pattern SAFE_MODE = Pattern.compile("\"Safemode\" : \"([^\"]*)\"");
    private static final int NAME_NODES = 2;
    private static final int THREE = 3;

    private final Path directory;
    private final int zooKeeperPort = Ports.free();
    private final List<Node> journalNodes = new ArrayList<>();
    private final List<Node> nameNodes = new ArrayList<>();
    private final List<Node> dataNodes = new ArrayList<>();
    private ChildProcess zooKeeper;

    private ShippedHdfs(Path directory) {
        this.directory = directory;
    }

    /**
     * Starts the processes one after another as compose.yaml does; returns when files can be written.
     *
     * @param directory the directory for all data
     */
    public static ShippedHdfs start(Path directory) throws IOException {
        ShippedHdfs hdfs = new ShippedHdfs(directory);
        try {
            hdfs.start();
        } catch (IOException | RuntimeException e) {
            hdfs.close();
            throw e;
        }
        return hdfs;
    }

    private void start() throws IOException {
        for (int number = 1; number <= THREE; number++) {
            journalNodes.add(new Node("journalnode", number, "journalnode"));
            dataNodes.add(new Node("datanode", number, "datanode"));
        }
        nameNodes.add(new Node("namenode", 1, "first-namenode"));
        nameNodes.add(new Node("namenode", 2, "second-namenode"));
        writeCommand();
        configure(directory.resolve("client"), "");

        startZooKeeper();
        for (Node each : journalNodes) {
            each.begin();
        }
        for (Node each : journalNodes) {
            each.awaitHealth();
        }
        nameNodes.get(0).start();
        nameNodes.get(1).start();
        for (Node each : dataNodes) {
            each.begin();
        }
        for (Node each : dataNodes) {
            each.awaitHealth();
        }
        Awaitility.await("an active NameNode").atMost(ChildJvm.START_TIMEOUT).until(() -> active() > 0);
    }

    /** Writes the command {@code hdfs}, which is on the PATH in Hadoop's image. */
    private void writeCommand() throws IOException {
        List<String> jvm = new ArrayList<>(ChildJvm.command("$main", List.of("-Xmx192m", LOG), List.of()));
        int classPath = jvm.indexOf("-cp") + 1;
        jvm.set(classPath, jvm.get(classPath) + File.pathSeparator + "$HADOOP_CONF_DIR");
        Path command = Files.createDirectories(directory.resolve("bin")).resolve("hdfs");
        Files.writeString(command, """
                #!/bin/bash
                case $1 in
                  namenode) main=org.apache.hadoop.hdfs.server.namenode.NameNode ;;
                  datanode) main=org.apache.hadoop.hdfs.server.datanode.DataNode ;;
                  journalnode) main=org.apache.hadoop.hdfs.qjournal.server.JournalNode ;;
                  zkfc) main=org.apache.hadoop.hdfs.tools.DFSZKFailoverController ;;
                  *) echo "hdfs $1: not known here" >&2; exit 64 ;;
                esac
                shift
                exec "%s" "$@"
                """.formatted(String.join("\" \"", jvm)));
        if (!command.toFile().setExecutable(true)) {
            throw new IOException(command + " cannot be made executable");
        }
    }

    private void startZooKeeper() throws IOException {
        Path own = Files.createDirectories(directory.resolve("zookeeper"));
        Path file = Files.writeString(own.resolve("zoo.cfg"), """
                tickTime=500
                dataDir=%s
                clientPort=%d
                clientPortAddress=127.0.0.1
                admin.enableServer=false
                """.formatted(own.resolve("data"), zooKeeperPort));
        zooKeeper = ChildProcess.start(
                ChildJvm.command(
                        "org.apache.hadoop.shaded.org.apache.zookeeper.server.ZooKeeperServerMain",
                        List.of("-Xmx96m", LOG),
                        List.of(file.toString())),
                Path.of("."),
                own.resolve("log"));
    }

    /** Writes the shipped files with local addresses and with further properties. */
    private void configure(Path to, String further) throws IOException {
        Files.createDirectories(to);
        for (String name : List.of("core-site.xml", "hdfs-site.xml")) {
            String text = Files.readString(SHIPPED.resolve("ha").resolve(name));
            text = text.replace("zookeeper-1:2181,zookeeper-2:2181,zookeeper-3:2181", "127.0.0.1:" + zooKeeperPort);
            for (Node each : journalNodes) {
                text = text.replace(each.name() + ":8485", "127.0.0.1:" + each.port);
            }
            for (Node each : nameNodes) {
                text = text.replace(each.name() + ":8020", "127.0.0.1:" + each.port)
                        .replace(each.name() + ":9870", "127.0.0.1:" + each.webPort);
            }
            text = text.replace(">0.0.0.0<", ">127.0.0.1<").replace(">/hadoop/", ">" + to + "/");
            Files.writeString(to.resolve(name), text.replace("</configuration>", further + "</configuration>"));
        }
    }

    // ---- observed by tests

    /** Returns the directory with the clients' configuration. */
    public Path configuration() {
        return directory.resolve("client");
    }

    /** Returns a client, which the caller closes. */
    public FileSystem client() throws IOException {
        Configuration configuration = new Configuration();
        configuration.addResource(new org.apache.hadoop.fs.Path(
                configuration().resolve("core-site.xml").toUri()));
        configuration.addResource(new org.apache.hadoop.fs.Path(
                configuration().resolve("hdfs-site.xml").toUri()));
        return FileSystem.newInstance(URI.create(URI_OF_BOTH), configuration);
    }

    /** Returns the number of the active NameNode, 1 or 2; 0 if there is none. */
    public int active() throws InterruptedException {
        for (int number = 1; number <= NAME_NODES; number++) {
            if (nameNode(number).bean("NameNodeStatus").contains("\"State\" : \"active\"")) {
                return number;
            }
        }
        return 0;
    }

    /**
     * Returns why a NameNode is in safe mode and cannot take over; empty if it is not. At its start, it remains in safe
     * mode until the DataNodes have reported the blocks of its log, and for 30 s more. Blocks that were deleted in the
     * meantime are missing until it reads their deletion: the active NameNode begins a new segment of its log every 120
     * s, and the other one reads the previous segment within 60 s.
     */
    public String safeMode(int number) throws InterruptedException {
        Matcher found = SAFE_MODE.matcher(nameNode(number).bean("NameNodeInfo"));
        return found.find() ? found.group(1) : "unknown";
    }

    /** Returns the NameNode with this number, 1 or 2. */
    public Node nameNode(int number) {
        return nameNodes.get(number - 1);
    }

    /** Returns the DataNode with this number, from 1 to 3. */
    public Node dataNode(int number) {
        return dataNodes.get(number - 1);
    }

    @Override
    public void close() {
        dataNodes.forEach(Node::kill);
        nameNodes.forEach(Node::kill);
        journalNodes.forEach(Node::kill);
        if (zooKeeper != null) {
            zooKeeper.kill();
        }
    }

    /** The counterpart of a container: a process with its child processes. */
    public final class Node {
        private final String kind;
        private final int number;
        private final String role;
        private final int port = Ports.free();
        private final int webPort = Ports.free();
        private ChildProcess process;

        private Node(String kind, int number, String role) {
            this.kind = kind;
            this.number = number;
            this.role = role;
        }

        /** Returns the container's name. */
        public String name() {
            return kind + "-" + number;
        }

        private Path own() {
            return directory.resolve(name());
        }

        /** Starts the process with its existing data; returns when its health check succeeds. */
        public void start() throws IOException {
            begin();
            awaitHealth();
        }

        private void begin() throws IOException {
            if (!Files.exists(own())) {
                configure(own(), properties());
                Files.writeString(
                        own().resolve("start"),
                        Files.readString(SHIPPED.resolve("start"))
                                .replace("/hadoop/", own() + "/")
                                .replace("localhost/8485", "localhost/" + port)
                                .replaceAll("jmx (8480|9864|9870) ", "jmx " + webPort + " "));
            }
            process = ChildProcess.start(
                    List.of(),
                    command(role),
                    environment(),
                    Path.of("."),
                    ProcessBuilder.Redirect.appendTo(log().toFile()));
        }

        private Path log() {
            return own().resolve("log");
        }

        private List<String> command(String... arguments) {
            List<String> command =
                    new ArrayList<>(List.of("/bin/bash", own().resolve("start").toString()));
            command.addAll(List.of(arguments));
            return command;
        }

        private Map<String, String> environment() {
            return Map.of(
                    "HADOOP_CONF_DIR",
                    own().toString(),
                    "PATH",
                    directory.resolve("bin") + File.pathSeparator + System.getenv("PATH"));
        }

        /** Ports differ here, because the processes share an address and containers do not. */
        private String properties() {
            return switch (kind) {
                case "journalnode" ->
                    property("dfs.journalnode.rpc-address", port) + property("dfs.journalnode.http-address", webPort);
                case "datanode" ->
                    property("dfs.datanode.address", port)
                            + property("dfs.datanode.http.address", webPort)
                            + property("dfs.datanode.ipc.address", Ports.free());
                default ->
                    "<property><name>dfs.ha.zkfc.port</name><value>%d</value></property>".formatted(Ports.free());
            };
        }

        private static String property(String name, int port) {
            return "<property><name>%s</name><value>127.0.0.1:%d</value></property>".formatted(name, port);
        }

        private void awaitHealth() throws IOException {
            Awaitility.await(name() + ", see " + log())
                    .atMost(ChildJvm.START_TIMEOUT)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> isHealthy() || !process.running());
            if (!process.running()) {
                throw new IOException("%s has ended with %d, see %s".formatted(name(), process.exitCode(), log()));
            }
        }

        private boolean isHealthy() throws IOException, InterruptedException {
            ProcessBuilder check = new ProcessBuilder(command("healthy", kind))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            check.environment().putAll(environment());
            Process started = check.start();
            if (!started.waitFor(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                started.destroyForcibly();
                return false;
            }
            return started.exitValue() == 0;
        }

        private String bean(String name) throws InterruptedException {
            try {
                return Http.get("http://127.0.0.1:%d/jmx?qry=Hadoop:service=NameNode,name=%s".formatted(webPort, name))
                        .body();
            } catch (IOException isGone) {
                return "";
            }
        }

        /** Ends all its processes with SIGKILL; returns when they have exited. */
        public void kill() {
            if (process != null) {
                process.kill();
            }
        }
    }
}
