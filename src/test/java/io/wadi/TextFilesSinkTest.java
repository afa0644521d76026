package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.LibraryJar;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sink of {@code examples/connectors}, a module to copy, without a worker. */
class TextFilesSinkTest {
    private static final TopicPartition PARTITION = new TopicPartition("numbers", 0);

    @TempDir
    private Path classes;

    @TempDir
    private Path directory;

    @Test
    void task_continuesAfterTheLastCompleteLine_whateverItsValueIs() throws Exception {
        LibraryJar.compile(
                classes, ConnectExample.SOURCES.resolve("src/main/java/example/TextFilesSinkConnector.java"));
        Map<Object, Object> offsets = new HashMap<>();
        SinkTaskContext context = (SinkTaskContext) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {SinkTaskContext.class},
                (proxy, method, arguments) -> offsets.put(arguments[0], arguments[1]));
        try (URLClassLoader library = new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            SinkTask task = (SinkTask) library.loadClass("example.TextFilesSinkConnector$TextFilesSinkTask")
                    .getConstructor()
                    .newInstance();
            task.initialize(context);
            task.start(Map.of("directory", directory.toString()));
            long offset = 16;
            for (Object value : List.of(7, "two words", "two\nlines", "a\rb")) {
                SinkRecord record = new SinkRecord("numbers", 0, null, null, null, value, offset++);
                task.put(List.of(record));
                task.open(List.of(PARTITION));

                assertThat(offsets).containsEntry(PARTITION, record.kafkaOffset() + 1);
            }
            Path file = directory.resolve("numbers-0.txt");
            String complete = Files.readString(file);
            assertThat(complete).isEqualTo("16 7\n17 two words\n18 two\\nlines\n19 a\rb\n");

            // SIGKILL can end a write between two pages.
            Files.writeString(file, "20 the beg", StandardOpenOption.APPEND);
            task.open(List.of(PARTITION));

            assertThat(offsets).containsEntry(PARTITION, 20L);
            assertThat(file).hasContent(complete);
        }
    }
}
