package io.wadi.testing;

import io.wadi.local.LocalKafka;
import io.wadi.local.Ports;
import io.wadi.local.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/**
 * One of the three brokers of a cluster, in a JVM of its own. Every partition has three replicas, and a record is
 * acknowledged once two of them have it.
 */
public final class BrokerProcess extends ServerProcess {
    private static final int BROKERS = 3;

    private final int port;

    private BrokerProcess(Path directory, int port, List<String> arguments) {
        super(directory, arguments);
        this.port = port;
    }

    /** Starts three brokers, each also a controller, with their data below a directory; returns when all are ready. */
    public static List<BrokerProcess> startThree(Path directory) throws IOException {
        return start(directory, BROKERS);
    }

    /**
     * Starts three brokers, of which only the first is also a controller: metadata stays available while the other two
     * are down.
     */
    public static List<BrokerProcess> startThreeWithOneController(Path directory) throws IOException {
        return start(directory, 1);
    }

    private static List<BrokerProcess> start(Path directory, int controllerCount) throws IOException {
        String clusterId = Uuid.randomUuid().toString();
        List<Integer> controllers = IntStream.range(0, controllerCount)
                .mapToObj(any -> Ports.free())
                .toList();
        String voters = IntStream.range(0, controllerCount)
                .mapToObj(i -> "%d@127.0.0.1:%d".formatted(i + 1, controllers.get(i)))
                .collect(Collectors.joining(","));
        List<BrokerProcess> brokers = new ArrayList<>();
        for (int i = 0; i < BROKERS; i++) {
            int port = Ports.free();
            Path own = Files.createDirectories(directory.resolve("broker-" + (i + 1)));
            brokers.add(new BrokerProcess(
                    own,
                    port,
                    List.of(
                            own.resolve("kafka").toString(),
                            Integer.toString(port),
                            Integer.toString(i + 1),
                            i < controllerCount ? Integer.toString(controllers.get(i)) : "",
                            voters,
                            clusterId)));
        }
        // A single broker waits until a majority of the controllers runs, so all start at once.
        CompletableFuture.allOf(brokers.stream()
                        .map(each -> CompletableFuture.runAsync(each::begin))
                        .toArray(CompletableFuture[]::new))
                .join();
        return brokers;
    }

    /** Returns the value of {@code bootstrap.servers}. */
    public static String addresses(List<BrokerProcess> brokers) {
        return brokers.stream().map(each -> "localhost:" + each.port).collect(Collectors.joining(","));
    }

    /**
     * The broker's process.
     *
     * @param arguments the directory, the port, the node id, the controller's port or an empty string, all controllers,
     * the cluster id, and the file for the process id
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int port = Integer.parseInt(arguments[1]);
        Map<String, String> settings = new HashMap<>();
        settings.put("node.id", arguments[2]);
        String listener = "PLAINTEXT://127.0.0.1:" + port;
        if (arguments[3].isEmpty()) {
            settings.put("process.roles", "broker");
            settings.put("listeners", listener);
        } else {
            settings.put("listeners", listener + ",CONTROLLER://127.0.0.1:" + arguments[3]);
        }
        settings.put("controller.quorum.voters", arguments[4]);
        settings.put("default.replication.factor", "3");
        settings.put("min.insync.replicas", "2");
        settings.put("offsets.topic.replication.factor", "3");
        settings.put("transaction.state.log.replication.factor", "3");
        settings.put("transaction.state.log.min.isr", "2");
        // The controller fences a broker after this time without a heartbeat; 9 s by default.
        settings.put("broker.session.timeout.ms", "3000");
        settings.put("broker.heartbeat.interval.ms", "500");
        serve(new LocalKafka(Path.of(arguments[0]), port, settings, List.of(), arguments[5]), Path.of(arguments[6]));
    }

    private void begin() {
        try {
            startAgain();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
