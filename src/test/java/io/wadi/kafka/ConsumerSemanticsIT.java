package io.wadi.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.MarkdownBlock;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import javax.tools.ToolProvider;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routes of {@code docs/getting-started/consumer-semantics.md}, unchanged, in one pipeline. */
@Nightly(perChange = {"ExactlyOnceIT", "FlowConsumerIT", "ManualCommitIT"})
class ConsumerSemanticsIT {
    private static final Path PAGE = Path.of("docs/getting-started/consumer-semantics.md");
    private static final int PARTITIONS = 3;
    /** The values of each partition: an order of two items, and the first item of another order. */
    private static final List<String> ITEMS =
            List.of("{\"order\":1,\"last\":false}", "{\"order\":1,\"last\":true}", "{\"order\":2,\"last\":false}");

    private static final long ALL = (long) PARTITIONS * ITEMS.size();

    @TempDir
    private Path directory;

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @BeforeEach
    void extract() throws Exception {
        Path routes = Files.createDirectories(directory.resolve("conf/routes"));
        Files.copy(Path.of("routes/errors.camel.yaml"), routes.resolve("errors.camel.yaml"));
        for (MarkdownBlock block : MarkdownBlock.of(PAGE)) {
            if (block.language().equals("java")) {
                compile(block.text());
            } else if (block.text().startsWith("- route:")) {
                Files.writeString(routes.resolve("line-" + block.number() + ".camel.yaml"), block.text());
            } else {
                createTopics(block.text());
            }
        }
    }

    private void compile(String code) throws Exception {
        Path source = Files.writeString(
                Files.createDirectories(directory.resolve("example")).resolve("PartitionCounts.java"), code);
        Path classes = Files.createDirectories(directory.resolve("classes"));
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        classes.toString(),
                        source.toString());
        assertThat(failed).isZero();
        // Makes the classes available as a jar in lib/ would.
        Thread.currentThread()
                .setContextClassLoader(
                        new URLClassLoader(new URL[] {classes.toUri().toURL()}, before));
    }

    private static void createTopics(String declarations) throws Exception {
        for (JsonNode topic : new YAMLMapper().readTree(declarations)) {
            TopicProbe.create(
                    topic.path("name").asText(), topic.path("partitions").asInt());
        }
    }

    @AfterEach
    void restore() {
        Thread.currentThread().setContextClassLoader(before);
    }

    @Test
    void routes_behaveAsDocumented() throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (String item : ITEMS) {
                KafkaProbe.send(new ProducerRecord<>("orders", partition, "k".getBytes(UTF_8), item.getBytes(UTF_8)));
            }
        }
        try (RunningWadi wadi = RunningWadi.startConfigured(directory.resolve("conf"), Map.of())) {
            for (String group :
                    List.of("at-least-once", "at-most-once", "exactly-once", "commit-each", "commit-later")) {
                awaitCommitted(group, 3, 3, 3);
            }
            awaitCommitted("commit-orders", 2, 2, 2);
            awaitCommitted("assigned-by-hand", 3, 3, -1);
            await().until(() -> count("orders.packed") >= ALL);
            assertThat(committed("commit-orders"))
                    .as("the order that was begun")
                    .containsExactly(2L, 2L, 2L);
            for (String topic : List.of("billed", "notified", "booked", "shipped", "packed", "traced")) {
                assertThat(count("orders." + topic)).as(topic).isEqualTo(ALL);
            }
            assertThat(count("orders.regional")).isEqualTo(2L * ITEMS.size());
            assertThat(GroupProbe.members("assigned-by-hand")).isEmpty();
            assertThat(GroupProbe.members("commit-each")).hasSize(1);
            assertThat(committed("rebalance-listener"))
                    .as("held until a rebalance")
                    .containsOnly(-1L);
            assertThat(ends("orders.booked"))
                    .as("records and the marker of their transaction")
                    .isGreaterThan(ALL);
            assertThat(ends("orders.billed")).isEqualTo(ALL);
        }
        awaitCommitted("rebalance-listener", 3, 3, 3);

        // Resets the offsets as after a kill before the first commit.
        for (String group : List.of("at-least-once", "at-most-once")) {
            resetOffsets(group);
        }
        try (RunningWadi wadi = RunningWadi.startConfigured(directory.resolve("conf"), Map.of())) {
            awaitCommitted("at-least-once", 3, 3, 3);
            awaitCommitted("at-most-once", 3, 3, 3);
            await().until(() -> count("orders.packed") >= ALL + PARTITIONS);
            assertThat(count("orders.packed")).isEqualTo(ALL + PARTITIONS);
            assertThat(count("orders.billed")).isEqualTo(2 * ALL);
            assertThat(count("orders.notified")).isEqualTo(ALL);
            assertThat(count("orders.booked")).isEqualTo(ALL);
        }
    }

    private static long count(String topic) {
        return KafkaProbe.readAll(topic).size();
    }

    /** Returns the sum of a topic's end offsets, which include the markers of transactions. */
    private static long ends(String topic) throws Exception {
        return TopicProbe.ends(List.of(topic)).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static void awaitCommitted(String group, long... offsets) {
        await().untilAsserted(() -> assertThat(committed(group))
                .as(group)
                .containsExactly(LongStream.of(offsets).boxed().toArray(Long[]::new)));
    }

    private static List<Long> committed(String group) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>(GroupProbe.committed(group));
        return LongStream.range(0, PARTITIONS)
                .mapToObj(partition -> committed.get(new TopicPartition("orders", (int) partition)))
                .map(offset -> offset == null ? -1 : offset.offset())
                .toList();
    }

    private static void resetOffsets(String group) throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            GroupProbe.commit(group, new TopicPartition("orders", partition), 0);
        }
    }
}
