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

    /** Starts a broker on a free port and returns when it answers; everything it keeps is in this directory. */
    public static KafkaProcess start(Path directory) throws IOException {
        KafkaProcess kafka = new KafkaProcess(directory, Ports.free());
        kafka.startAgain();
        return kafka;
    }

    /** The process: takes its directory, its port, and the file to put its id into when it answers. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        serve(new LocalKafka(Path.of(arguments[0]), Integer.parseInt(arguments[1])), Path.of(arguments[2]));
    }

    /** The value of {@code bootstrap.servers}. */
    public String brokers() {
        return "localhost:" + port;
    }
}
