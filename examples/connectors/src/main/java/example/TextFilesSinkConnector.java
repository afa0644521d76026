package example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * A sink that appends each record to the file of its partition, {@code TOPIC-PARTITION.txt} in {@code directory}, as a
 * line of offset and value, with line breaks escaped. It continues after the offset of the last complete line, so that
 * each record is written once.
 */
public final class TextFilesSinkConnector extends SinkConnector {
    private static final String DIRECTORY = "directory";

    private static final ConfigDef CONFIG = new ConfigDef()
            .define(DIRECTORY, Type.STRING, ConfigDef.NO_DEFAULT_VALUE, Importance.HIGH, "The directory of the files.");

    private Map<String, String> settings;

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public Class<? extends Task> taskClass() {
        return TextFilesSinkTask.class;
    }

    @Override
    public void start(Map<String, String> properties) {
        settings = properties;
    }

    /** Returns equal settings for all tasks; Connect divides the partitions among them. */
    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return Collections.nCopies(maxTasks, settings);
    }

    @Override
    public void stop() {}

    /** A task, which runs in one thread. Connect creates it with the public constructor. */
    public static final class TextFilesSinkTask extends SinkTask {
        private Path directory;

        @Override
        public String version() {
            return "1.0.0";
        }

        @Override
        public void start(Map<String, String> properties) {
            directory = Path.of(new AbstractConfig(CONFIG, properties).getString(DIRECTORY));
        }

        /** Sets the offsets at which reading continues, instead of those that Connect has committed. */
        @Override
        public void open(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                if (Files.exists(file(partition))) {
                    try {
                        String lines = completeLines(file(partition));
                        if (!lines.isEmpty()) {
                            int last = lines.lastIndexOf('\n', lines.length() - 2) + 1;
                            String offset = lines.substring(last, lines.indexOf(' ', last));
                            context.offset(partition, Long.parseLong(offset) + 1);
                        }
                    } catch (IOException e) {
                        throw new ConnectException("Reading " + file(partition) + " failed: " + e, e);
                    }
                }
            }
        }

        /** Removes an incomplete last line, which a killed process or a full disk has left; returns the others. */
        private static String completeLines(Path path) throws IOException {
            byte[] content = Files.readAllBytes(path);
            int end = content.length;
            while (end > 0 && content[end - 1] != '\n') {
                end--;
            }
            try (FileChannel file = FileChannel.open(path, WRITE)) {
                file.truncate(end);
            }
            return new String(content, 0, end, UTF_8);
        }

        /** Appends the lines of each partition. After a failure, Connect opens the partitions again. */
        @Override
        public void put(Collection<SinkRecord> records) {
            Map<TopicPartition, StringBuilder> lines = new HashMap<>();
            for (SinkRecord record : records) {
                lines.computeIfAbsent(
                                new TopicPartition(record.topic(), record.kafkaPartition()), each -> new StringBuilder())
                        .append(record.kafkaOffset())
                        .append(' ')
                        .append(String.valueOf(record.value()).replace("\n", "\\n"))
                        .append('\n');
            }
            lines.forEach(this::append);
        }

        private void append(TopicPartition partition, CharSequence lines) {
            try {
                Files.createDirectories(directory);
                ByteBuffer bytes = UTF_8.encode(CharBuffer.wrap(lines));
                try (FileChannel file = FileChannel.open(file(partition), CREATE, WRITE, APPEND)) {
                    while (bytes.hasRemaining()) {
                        file.write(bytes);
                    }
                }
            } catch (IOException e) {
                throw new ConnectException("Writing " + file(partition) + " failed: " + e, e);
            }
        }

        private Path file(TopicPartition partition) {
            return directory.resolve(partition + ".txt");
        }

        @Override
        public void stop() {}
    }
}
