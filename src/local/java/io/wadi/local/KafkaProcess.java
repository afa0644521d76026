package io.wadi.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A Kafka broker in a JVM of its own. */
public final class KafkaProcess extends ServerProcess {
    private final int port;

    private KafkaProcess(Path directory, int port) {
        super(directory, List.of(directory.resolve("kafka").toString(), Integer.toString(port)));
        this.port = port;
    }

    /** Starts a broker on a free port with its data in a directory; returns when it responds. */
    public static KafkaProcess start(Path directory) throws IOException {
        KafkaProcess kafka = new KafkaProcess(directory, Ports.free());
        kafka.startAgain();
        return kafka;
    }

    /**
     * Runs the broker. Arguments: the directory, the port, and the file that receives the process id when the broker is
     * ready.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        serve(new LocalKafka(Path.of(arguments[0]), Integer.parseInt(arguments[1])), Path.of(arguments[2]));
    }

    /** Returns the value of {@code bootstrap.servers}. */
    public String brokers() {
        return "localhost:" + port;
    }
}
