package io.wadi.bench;

import io.wadi.local.LocalHdfs;
import io.wadi.local.LocalKafka;
import io.wadi.local.LocalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Runs Kafka or HDFS until the process is killed. */
final class ServerMain {
    private ServerMain() {}

    /** Starts a server. Arguments: its name, its directory, the file to create when it responds, and its ports. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path directory = Path.of(args[1]);
        LocalServer server = args[0].equals("kafka")
                ? new LocalKafka(directory, Integer.parseInt(args[3]))
                : new LocalHdfs(directory, Integer.parseInt(args[3]), Integer.parseInt(args[4]));
        server.start();
        Files.createFile(Path.of(args[2]));
        new CountDownLatch(1).await();
    }
}
