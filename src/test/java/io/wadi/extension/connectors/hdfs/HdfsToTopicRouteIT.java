package io.wadi.extension.connectors.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.wadi.extension.connectors.Ends;
import io.wadi.local.ChildJvm;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RandomKills;
import io.wadi.testing.Rounds;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.TestServers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code routes/hdfs-to-topic.camel.yaml} as shipped, on real HDFS and Kafka. */
class HdfsToTopicRouteIT {
    private static final long SEED = Long.getLong("test.seed", 20261125);

    /** Of a file at most. */
    private static final int ROWS = 400;

    @TempDir
    private java.nio.file.Path directory;

    private FileSystem hdfs;

    @BeforeEach
    void open() throws IOException {
        hdfs = FileSystem.newInstance(
                URI.create(TestServers.shared().ports().hdfsUri()), new Configuration());
    }

    @AfterEach
    void close() throws IOException {
        hdfs.close();
    }

    private static Map<String, String> parameters(String name) {
        return new HashMap<>(Map.of("directory", "/" + name, "topic", name, "every", "50ms"));
    }

    private RunningWadi start(String routes) throws Exception {
        return Ends.start(Files.createTempDirectory(directory, "wadi"), routes, Map.of());
    }

    /** Writes a file under a name that is ignored, and gives it its own then. */
    private void drop(java.nio.file.Path file, String path) throws IOException {
        Path target = new Path(path);
        Path written = new Path(target.getParent(), "_" + target.getName());
        hdfs.copyFromLocalFile(new Path(file.toUri()), written);
        assertThat(hdfs.rename(written, target)).isTrue();
    }

    private void drop(String text, String path) throws IOException {
        drop(Files.writeString(Files.createTempFile(directory, "drop", ""), text), path);
    }

    private static List<String> values(String topic) {
        List<String> values = new ArrayList<>();
        KafkaProbe.forEach(topic, found -> values.add(new String(found.value(), UTF_8)));
        return values;
    }

    private static List<ConsumerRecord<byte[], byte[]>> deadLetters(String route) {
        return KafkaProbe.readAll("wadi.dead-letter").stream()
                .filter(letter -> route.equals(KafkaProbe.header(letter, "__connect.errors.connector.name")))
                .toList();
    }

    @Test
    void filesOfEachFormat_becomeRecords_andGetTheirFinalName() throws Exception {
        StringBuilder routes = new StringBuilder();
        for (FileFormat format : FileFormat.values()) {
            String name = "hdfs-" + format.name().toLowerCase(Locale.ROOT);
            KafkaProbe.createTopic(name, 1);
            hdfs.mkdirs(new Path("/" + name));
            Map<String, String> parameters = parameters(name);
            parameters.put("format", format.name().toLowerCase(Locale.ROOT));
            parameters.put("rows", "300");
            routes.append(Ends.route("hdfs-to-topic", "from-" + name, parameters));
        }
        try (RunningWadi wadi = start(routes.toString())) {
            for (FileFormat format : FileFormat.values()) {
                String name = "hdfs-" + format.name().toLowerCase(Locale.ROOT);
                drop(HdfsFiles.write(format, directory.resolve(name + "-1"), 0, 1000), "/" + name + "/first");
                await().untilAsserted(() -> assertThat(values(name)).isEqualTo(HdfsFiles.rows(0, 1000)));
                drop(HdfsFiles.write(format, directory.resolve(name + "-2"), 1000, 500), "/" + name + "/second");
                await().untilAsserted(() -> assertThat(values(name)).isEqualTo(HdfsFiles.rows(0, 1500)));
                await().untilAsserted(() ->
                        assertThat(HdfsProbe.list("/" + name)).containsExactly("first.read", "second.read"));
                ConsumerRecord<byte[], byte[]> last = KafkaProbe.readAll(name).get(1499);
                assertThat(KafkaProbe.header(last, "file")).isEqualTo("/" + name + "/second");
                assertThat(KafkaProbe.header(last, "file.row")).isEqualTo("500");
            }
            assertThat(Scrape.of(wadi).sum("wadi_source_files_total", "route", "from-hdfs-avro", "result", "read"))
                    .isEqualTo(2);
        }
    }

    @Test
    void badRowsAndFiles_areDeadLetters_andOthersAreRead() throws Exception {
        KafkaProbe.createTopic("hdfs-bad", 1);
        Map<String, String> parameters = parameters("hdfs-bad");
        parameters.put("format", "json");
        drop("[{\"n\":1}, 2, {\"n\":3}]", "/hdfs-bad/rows");
        drop("[{\"n\":4},\n{\"n\":", "/hdfs-bad/cut-off");
        drop("[{\"n\":5}]", "/hdfs-bad/with space");
        drop("[{\"n\":6}]", "/hdfs-bad/good");
        try (RunningWadi wadi = start(Ends.route("hdfs-to-topic", "from-hdfs-bad", parameters))) {
            await().untilAsserted(() -> assertThat(HdfsProbe.list("/hdfs-bad"))
                    .containsExactlyInAnyOrder("rows.read", "cut-off.failed", "with space.failed", "good.read"));

            assertThat(values("hdfs-bad"))
                    .containsExactlyInAnyOrder("{\"n\":1}", "{\"n\":3}", "{\"n\":4}", "{\"n\":6}");
            assertThat(deadLetters("from-hdfs-bad"))
                    .extracting(
                            letter -> KafkaProbe.header(letter, "file"),
                            letter -> KafkaProbe.header(letter, "file.row"),
                            letter -> new String(letter.value(), UTF_8))
                    .containsExactlyInAnyOrder(
                            tuple("/hdfs-bad/rows", "2", "2"),
                            tuple("/hdfs-bad/cut-off", "2", "/hdfs-bad/cut-off"),
                            tuple("/hdfs-bad/with space", "1", "/hdfs-bad/with space"));
            assertThat(Scrape.of(wadi).sum("wadi_source_files_total", "route", "from-hdfs-bad", "result", "failed"))
                    .isEqualTo(2);
        }
    }

    @Test
    void fileIsReadOnceItsWriterHasClosedIt() throws Exception {
        KafkaProbe.createTopic("hdfs-open", 1);
        hdfs.mkdirs(new Path("/hdfs-open"));
        try (RunningWadi wadi = start(Ends.route("hdfs-to-topic", "from-hdfs-open", parameters("hdfs-open")))) {
            try (FSDataOutputStream open = hdfs.create(new Path("/hdfs-open/open"))) {
                open.write("one\n".getBytes(UTF_8));
                open.hsync();
                drop("ignored\n", "/hdfs-open/copied._COPYING_");
                drop("other\n", "/hdfs-open/other");
                await().untilAsserted(() -> assertThat(HdfsProbe.list("/hdfs-open"))
                        .containsExactly("copied._COPYING_", "open", "other.read"));
                open.write("two\n".getBytes(UTF_8));
            }
            await().untilAsserted(() -> assertThat(values("hdfs-open")).containsExactly("other", "one", "two"));

            assertThat(hdfs.rename(new Path("/hdfs-open/copied._COPYING_"), new Path("/hdfs-open/other")))
                    .isTrue();
            await().untilAsserted(() -> assertThat(HdfsProbe.list("/hdfs-open"))
                    .hasSize(3)
                    .contains("open.read", "other.read")
                    .anyMatch(name -> name.matches("other\\.[0-9]+\\.read")));
            assertThat(values("hdfs-open")).containsExactly("other", "one", "two", "ignored");
        }
    }

    @Test
    void killedWhileFilesAreDropped_hasEachRowOnce_inTheOrderOfItsFile() throws Exception {
        int files = Rounds.of(40, 400);
        List<FileFormat> formats = List.of(FileFormat.LINES, FileFormat.PARQUET);
        StringBuilder routes = new StringBuilder();
        for (FileFormat format : formats) {
            String name = "hdfs-kills-" + format.name().toLowerCase(Locale.ROOT);
            KafkaProbe.createTopic(name, 1);
            hdfs.mkdirs(new Path("/" + name));
            Map<String, String> parameters = parameters(name);
            parameters.put("format", format.name().toLowerCase(Locale.ROOT));
            parameters.put("rows", "20");
            routes.append(Ends.route("hdfs-to-topic", "from-" + name, parameters));
        }
        java.nio.file.Path configuration =
                Ends.configure(Files.createDirectories(directory.resolve("kills")), routes.toString());
        List<String> options = List.of("-Dwadi.hdfs.uri=" + TestServers.shared().ports().hdfsUri());
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> dropped = writer.submit(() -> dropFiles(formats, files));
            RandomKills kills = new RandomKills(
                    "records", () -> (long) count(formats.get(0)) + count(formats.get(1)), 2 * ROWS * files / 8, SEED);
            kills.kill(Rounds.of(5, 60), () -> RouteProcess.startConfigured(configuration, line -> {}, options));
            int rows = dropped.get(5, TimeUnit.MINUTES);
            try (RouteProcess wadi = RouteProcess.startConfigured(configuration, line -> {}, options)) {
                for (FileFormat format : formats) {
                    String name = "hdfs-kills-" + format.name().toLowerCase(Locale.ROOT);
                    await("all of " + name + ", seed " + SEED + ", see " + wadi.log())
                            .atMost(ChildJvm.START_TIMEOUT)
                            .untilAsserted(() -> assertThat(HdfsProbe.list("/" + name))
                                    .hasSize(files)
                                    .allMatch(each -> each.endsWith(".read")));
                    assertThat(count(format)).isEqualTo(rows);
                    assertEachFileInOrder(name, files);
                }
                assertThat(wadi.stop()).isZero();
            }
        } finally {
            writer.shutdownNow();
        }
    }

    private static int count(FileFormat format) {
        return values("hdfs-kills-" + format.name().toLowerCase(Locale.ROOT)).size();
    }

    /** Drops files of each format; returns how many rows those of one have. */
    private int dropFiles(List<FileFormat> formats, int files) throws IOException {
        Random random = new Random(SEED);
        int rows = 0;
        for (int file = 0; file < files; file++) {
            int count = 1 + random.nextInt(ROWS);
            for (FileFormat format : formats) {
                String name = "hdfs-kills-" + format.name().toLowerCase(Locale.ROOT);
                drop(
                        HdfsFiles.write(format, directory.resolve(name + file), file * ROWS, count),
                        "/" + name + "/" + file);
            }
            rows += count;
        }
        return rows;
    }

    /** Each row once, and as its file has it. */
    private static void assertEachFileInOrder(String topic, int files) {
        Map<String, List<String>> found = new HashMap<>();
        KafkaProbe.forEach(topic, each -> {
            List<String> rows = found.computeIfAbsent(KafkaProbe.header(each, "file"), file -> new ArrayList<>());
            rows.add(new String(each.value(), UTF_8));
            assertThat(KafkaProbe.header(each, "file.row")).isEqualTo(Integer.toString(rows.size()));
        });
        assertThat(found).hasSize(files).allSatisfy((file, rows) -> {
            int number = Integer.parseInt(file.substring(file.lastIndexOf('/') + 1));
            assertThat(rows).as("%s, seed %d", file, SEED).isEqualTo(HdfsFiles.rows(number * ROWS, rows.size()));
        });
    }
}
