package io.wadi.testing;

import io.wadi.local.ChildJvm;
import io.wadi.local.ChildProcess;
import io.wadi.local.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/**
 * A broker of an old Kafka version, in a JVM of its own with the libraries of {@code src/test/kafka-3.9/pom.xml}.
 */
public final class OldKafka implements AutoCloseable {
    private static final Path POM = Path.of("src/test/kafka-3.9/pom.xml");
    private static final String OLDEST_SUPPORTED = "3.9.2";
    private static final String UNSUPPORTED = "3.8.1";
    private static final int RESOLVE_MINUTES = 5;

    private final ChildProcess process;
    private final int port;

    private OldKafka(ChildProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts a broker of the oldest supported version with its data in a directory; returns when it responds. */
    public static OldKafka start(Path directory) throws IOException, InterruptedException {
        return start(OLDEST_SUPPORTED, directory);
    }

    /** Starts a broker of the newest version that is no longer supported; returns when it responds. */
    public static OldKafka startUnsupported(Path directory) throws IOException, InterruptedException {
        return start(UNSUPPORTED, directory);
    }

    private static OldKafka start(String version, Path directory) throws IOException, InterruptedException {
        int port = Ports.free();
        int controller = Ports.free();
        Path properties = Files.writeString(directory.resolve("server.properties"), """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                controller.listener.names=CONTROLLER
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                log.dirs=%3$s
                auto.create.topics.enable=false
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=4
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=4
                group.initial.rebalance.delay.ms=0
                """.formatted(
                        port, controller, directory.resolve("data").toAbsolutePath()));
        Path log = directory.resolve("kafka.log");
        ChildProcess format = ChildProcess.start(
                kafka(
                        version,
                        "kafka.tools.StorageTool",
                        "format",
                        "-t",
                        Uuid.randomUuid().toString(),
                        "-c",
                        properties.toString()),
                Path.of("."),
                log);
        if (!format.waitFor(ChildJvm.START_TIMEOUT) || format.exitCode() != 0) {
            throw new IOException("Kafka's storage could not be formatted, see " + log);
        }
        OldKafka started = new OldKafka(
                ChildProcess.start(kafka(version, "kafka.Kafka", properties.toString()), Path.of("."), log), port);
        try {
            started.process.awaitReady("Kafka " + version, log, started::answers);
            return started;
        } catch (IOException e) {
            started.close();
            throw e;
        }
    }

    private static List<String> kafka(String version, String mainClass, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx300m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath(version),
                mainClass));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Returns the class path, which Maven resolves once for each clean build. */
    private static synchronized String classPath(String version) throws IOException, InterruptedException {
        Path classPath = Path.of("target/kafka-" + version + ".classpath").toAbsolutePath();
        if (Files.notExists(classPath)) {
            // Another test JVM that needs the same version reads the file as soon as it exists.
            String own =
                    "kafka-%s-%d".formatted(version, ProcessHandle.current().pid());
            Path target = Files.createDirectories(classPath.getParent());
            Path resolved = target.resolve(own + ".classpath");
            Path log = target.resolve(own + ".log");
            Process maven = new ProcessBuilder(
                            "mvn",
                            "-B",
                            "-q",
                            "-f",
                            POM.toString(),
                            "-Dkafka.version=" + version,
                            "dependency:build-classpath",
                            "-Dmdep.outputFile=" + resolved)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!maven.waitFor(RESOLVE_MINUTES, TimeUnit.MINUTES) || maven.exitValue() != 0) {
                maven.destroyForcibly();
                throw new IOException("The libraries of " + POM + " could not be resolved, see " + log);
            }
            Files.move(resolved, classPath, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readString(classPath).strip();
    }

    private boolean answers() throws InterruptedException {
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", brokers(), "default.api.timeout.ms", 5000, "request.timeout.ms", 5000))) {
            return !admin.describeCluster().nodes().get().isEmpty();
        } catch (ExecutionException e) {
            return false;
        }
    }

    /** Returns the value of {@code bootstrap.servers}. */
    public String brokers() {
        return "localhost:" + port;
    }

    @Override
    public void close() {
        process.kill();
    }
}
