package io.wadi.bench;

import io.wadi.local.LocalHdfs;
import io.wadi.local.LocalKafka;
import io.wadi.local.LocalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** Runs Kafka or HDFS until the process is killed. */
final class ServerMain {
    private ServerMain() {}

    /**
     * Starts a server. Arguments: its name, its directory, the file to create when it responds, its ports, and for Kafka
     * further settings.
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path directory = Path.of(args[1]);
        LocalServer server = args[0].equals("kafka")
                ? new LocalKafka(directory, Integer.parseInt(args[3]), settings(args), List.of())
                : new LocalHdfs(directory, Integer.parseInt(args[3]), Integer.parseInt(args[4]));
        server.start();
        Files.createFile(Path.of(args[2]));
        new CountDownLatch(1).await();
    }

    private static Map<String, String> settings(String... args) {
        return Arrays.stream(args)
                .skip(4)
                .map(setting -> setting.split("=", 2))
                .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1]));
    }
}
