package io.wadi.ingest.send;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.config.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The schema files of declared topics. */
class IngestTopicsTest {
    private static final Topics ORDERS =
            Topics.parse("topics: [{name: orders, partitions: 1, ingest: {schema: orders.json}}]");

    @TempDir
    private Path directory;

    private String error() {
        SettingsException invalid = catchThrowableOfType(
                SettingsException.class, () -> IngestTopics.read(ORDERS, directory, Optional.empty()));
        assertThat(invalid.mistakes()).hasSize(1);
        return invalid.mistakes().get(0);
    }

    /** A directory, because root can read any file. */
    @Test
    void unreadableSchema_isReportedWithItsNameAndTheReason() throws Exception {
        Files.createDirectory(directory.resolve("orders.json"));

        assertThat(error())
                .startsWith("topics.yaml: orders: ingest: schema orders.json cannot be read: java.io.IOException: ");
    }

    @Test
    void schemaInAnotherEncoding_isReportedWithItsLine() throws Exception {
        Files.writeString(directory.resolve("orders.json"), "{\n\"required\": [\"größe\"]}", ISO_8859_1);

        assertThat(error())
                .isEqualTo("topics.yaml: orders: ingest: schema orders.json line 2: not in UTF-8;"
                        + " save the file in UTF-8");
    }
}
