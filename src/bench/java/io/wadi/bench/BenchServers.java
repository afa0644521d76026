package io.wadi.bench;

import io.wadi.local.ChildProcess;
import io.wadi.local.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Kafka and, if needed, HDFS, each in its own JVM, on free ports and without data. */
final class BenchServers implements AutoCloseable {
    /**
     * The broker's setting for subjects with several consumers: the first assignment waits for all of them. Otherwise
     * the first consumer gets all partitions, and the rebalance that follows ends its files.
     */
    static final String AWAIT_MEMBERS = "group.initial.rebalance.delay.ms=1000";

    private final Path directory;
    private final int kafkaPort = Ports.free();
    private final int hdfsPort = Ports.free();
    private final List<ChildProcess> processes = new ArrayList<>();

    private BenchServers(Path directory) {
        this.directory = directory;
    }

    /**
     * Starts Kafka in an empty directory; returns when it responds.
     *
     * @param settings further settings of the broker, as {@code name=value}
     */
    static BenchServers kafka(Path directory, String... settings) throws IOException {
        Files.createDirectories(directory);
        BenchServers servers = new BenchServers(directory);
        servers.start("kafka", List.of(servers.kafkaPort), settings);
        return servers;
    }

    /** Starts both servers in an empty directory; returns when they respond. */
    static BenchServers kafkaAndHdfs(Path directory, String... settings) throws IOException {
        BenchServers servers = kafka(directory, settings);
        servers.start("hdfs", List.of(servers.hdfsPort, Ports.free()));
        return servers;
    }

    private void start(String name, List<Integer> ports, String... settings) throws IOException {
        try {
            execute(name, ports, settings);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void execute(String name, List<Integer> ports, String... settings) throws IOException {
        Path ready = directory.resolve(name + ".ready");
        Path log = directory.resolve(name + ".log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                ServerMain.class.getName(),
                name,
                directory.resolve(name).toString(),
                ready.toString()));
        ports.forEach(port -> command.add(Integer.toString(port)));
        command.addAll(List.of(settings));
        ChildProcess process =
                ChildProcess.start(List.of(), command, Map.of(), directory, ProcessBuilder.Redirect.to(log.toFile()));
        processes.add(process);
        while (!Files.exists(ready)) {
            if (process.waitFor(Duration.ofMillis(100))) {
                throw new IOException(name + " did not start, see " + log);
            }
        }
    }

    /** Returns the process ids of the servers. */
    List<Long> ids() {
        return processes.stream().map(each -> each.command().pid()).toList();
    }

    String brokers() {
        return "localhost:" + kafkaPort;
    }

    String hdfs() {
        return "hdfs://localhost:" + hdfsPort;
    }

    /** Returns the processes of the servers themselves. */
    Stream<ProcessHandle> processes() {
        return processes.stream().map(ChildProcess::command);
    }

    @Override
    public void close() {
        processes.forEach(ChildProcess::kill);
    }
}
