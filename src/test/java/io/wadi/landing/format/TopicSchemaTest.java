package io.wadi.landing.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.runtime.config.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The choice of a topic's schema file, and the startup errors of invalid schemas. */
final class TopicSchemaTest {
    private static final String AVRO =
            "{\"type\":\"record\",\"name\":\"%s\",\"fields\":[{\"name\":\"a\",\"type\":\"%s\"}]}";

    @TempDir
    private Path directory;

    @Test
    void read_directory_containsAFilePerTopic() throws Exception {
        write("orders.avsc", AVRO.formatted("orders", "long"));
        write("users.json", "{\"type\":\"object\",\"properties\":{\"b\":{\"type\":\"string\"}}}");

        assertThat(read("orders", directory).avro().getField("a")).isNotNull();
        assertThat(read("users", directory).avro().getField("b")).isNotNull();
    }

    @Test
    void read_file_appliesToAllTopics() throws Exception {
        write("all.avsc", AVRO.formatted("all", "long"));

        assertThat(read("orders", directory.resolve("all.avsc")).avro().getName())
                .isEqualTo("all");
        assertThat(read("users", directory.resolve("all.avsc")).avro().getName())
                .isEqualTo("all");
    }

    @Test
    void read_topicWithBothSchemas_usesAvro() throws Exception {
        write("orders.json", "{\"type\":\"object\",\"properties\":{\"b\":{\"type\":\"string\"}}}");
        write("orders.avsc", AVRO.formatted("orders", "long"));

        assertThat(read("orders", directory).avro().getField("a")).isNotNull();
    }

    @Test
    void read_missingDirectory_usesTheClassPath() {
        assertThat(Path.of("fixtures/topic-schema")).doesNotExist();

        assertThat(TopicSchema.read("orders", "fixtures/topic-schema", false)
                        .avro()
                        .getField("onTheClassPath"))
                .isNotNull();
    }

    @Test
    void shippedSchemas_areInTheJar_andValid() throws Exception {
        try (Stream<Path> shipped = Files.list(Path.of("schemas"))) {
            assertThat(shipped).isNotEmpty().allSatisfy(file -> {
                try (InputStream inTheJar = TopicSchema.class.getResourceAsStream("/" + file)) {
                    assertThat(inTheJar).hasBinaryContent(Files.readAllBytes(file));
                }
                String topic = file.getFileName().toString().replaceFirst("\\.[a-z]+$", "");
                assertThat(read(topic, file.getParent()).avro().getFields()).isNotEmpty();
            });
        }
    }

    @Test
    void encodings_mistakesOfAllTopicsAndOptions_areReportedTogether() throws Exception {
        write("a.avsc", AVRO.formatted("a", "bytes"));
        write(
                "b.json",
                "{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"date\"},\"y-z\":{\"type\":\"string\"}}}");
        write("c.avsc", "{\"type\":\"record\",\"name\":\"c\"}");
        write("d.json", "{\"type\":");
        write("e.avsc", "\"string\"");
        write("f.avsc", AVRO.formatted("f", "int"));
        FormatOptions options = new FormatOptions(
                Format.AVRO, false, directory.toString(), false, 12, FormatOptions.AvroCodec.DEFLATE, 1 << 20);

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> new Encodings(options, List.of("a", "b", "c", "d", "e", "f", "g")))
                .satisfies(e -> assertThat(
                                e.mistakes().stream().map(mistake -> mistake.replace(directory.toString(), "DIR")))
                        .satisfiesExactly(
                                level -> assertThat(level)
                                        .isEqualTo(
                                                "landing: invalid value '12' for compressionLevel: expected 1 to 9 with avro and codec deflate"),
                                a -> assertThat(a)
                                        .isEqualTo(
                                                "DIR/a.avsc at \"/a\": bytes cannot be read from JSON: remove it or use a string"),
                                b -> assertThat(b)
                                        .startsWith("DIR/b.json at \"/properties/x/type\": found \"date\", expected"),
                                b -> assertThat(b)
                                        .startsWith(
                                                "DIR/b.json at \"/properties/y-z\": invalid column name: expected letters"),
                                c -> assertThat(c).startsWith("DIR/c.avsc is not an Avro schema: "),
                                d -> assertThat(d).startsWith("DIR/d.json is not JSON: line 1, column "),
                                e1 -> assertThat(e1).isEqualTo("DIR/e.avsc at \"\": found string, expected a record"),
                                g -> assertThat(g)
                                        .isEqualTo(
                                                "topic g has no schema: expected the file DIR/g.avsc or DIR/g.json")));
    }

    @Test
    void encodings_topicAddedLater_isReadThen() throws Exception {
        Encodings encodings = new Encodings(
                new FormatOptions(
                        Format.PARQUET, false, directory.toString(), false, 3, FormatOptions.AvroCodec.NULL, 1 << 20),
                List.of());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> encodings.of("late"))
                .withMessageStartingWith("topic late has no schema");

        write("late.avsc", AVRO.formatted("late", "int"));
        assertThat(encodings.of("late").format()).isEqualTo(Format.PARQUET);
        assertThat(encodings.of("late")).isSameAs(encodings.of("late"));
    }

    @Test
    void encodings_ofLines_needNoSchema() {
        Encodings encodings = new Encodings(FormatOptions.DEFAULT, List.of("any"));

        assertThat(encodings.of("any").format()).isEqualTo(Format.JSONL);
    }

    private static TopicSchema read(String topic, Path where) {
        return TopicSchema.read(topic, where.toString(), false);
    }

    private void write(String file, String content) throws IOException {
        Files.writeString(directory.resolve(file), content);
    }
}
