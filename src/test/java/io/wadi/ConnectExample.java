package io.wadi;

import io.wadi.testing.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of {@code examples/connectors} in a test's directory.
 *
 * @param name the topic of the test, and the beginning of its internal topics
 * @param rest the port of the worker's REST server
 */
record ConnectExample(Path directory, String name, int rest) {
    static final Path SOURCES = Path.of("examples/connectors");

    static String brokers() {
        return TestServers.shared().ports().kafkaBrokers();
    }

    /** Returns a worker file of the example, with this test's broker, port, topics and directories. */
    Path worker(String file, String... settings) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(SOURCES.resolve(file))) {
            lines.add(line.replace("localhost:9092", brokers())
                    .replace("localhost:8083", "localhost:" + rest)
                    .replace(
                            "/tmp/wadi-connect.offsets",
                            directory.resolve("offsets").toString())
                    .replace("=connect-", "=" + name + "-")
                    .replace("examples/connectors/target/plugins", plugins().toString())
                    .replace("=5000", "=200"));
        }
        // By default, Connect logs an error if a flush takes longer than 5 s, as on a busy machine.
        lines.add("offset.flush.timeout.ms=120000");
        lines.add("task.shutdown.graceful.timeout.ms=20000");
        lines.addAll(List.of(settings));
        return Files.write(directory.resolve(file), lines);
    }

    Path plugins() throws IOException {
        return Files.createDirectories(directory.resolve("plugins"));
    }

    Path file(String file, String... lines) throws IOException {
        return Files.write(directory.resolve(file), List.of(lines));
    }

    Path fileSource() throws IOException {
        return connector("file-source.properties");
    }

    Path fileSink() throws IOException {
        return connector("file-sink.properties");
    }

    /** Returns a connector file of the example, with this test's files and topic. */
    private Path connector(String file) throws IOException {
        String settings = Files.readString(SOURCES.resolve(file))
                .replace("/tmp/lines.txt", input().toString())
                .replace("/tmp/lines-copy.txt", output().toString())
                .replace("=lines", "=" + name);
        return file(file, settings);
    }

    Path input() {
        return directory.resolve("in.txt");
    }

    Path output() {
        return directory.resolve("out.txt");
    }

    static List<String> arguments(Path... files) {
        return Stream.concat(Stream.of("connect"), Arrays.stream(files).map(Path::toString))
                .toList();
    }
}
