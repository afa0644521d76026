package io.wadi.extension.connectors.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.wadi.extension.connectors.ConnectorRoutes;
import io.wadi.local.ChildJvm;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RandomKills;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code routes/hdfs-to-topic.camel.yaml} as shipped, on real HDFS and Kafka. */
class HdfsToTopicRouteIT {
    private static final long SEED = Long.getLong("test.seed", 20261125);

    /** Logged when a partly read file is continued. */
    private static final Pattern CONTINUED = Pattern.compile("continuing .*\\.retry\\.opened from row [0-9]+");
    /** The maximum number of rows in a file. */
    private static final int ROWS = 400;

    @TempDir
    private java.nio.file.Path directory;

    @AutoClose
    private FileSystem hdfs;

    @BeforeEach
    void open() throws IOException {
        hdfs = HdfsProbe.open();
    }

    private static Map<String, String> parameters(String name) {
        return new HashMap<>(Map.of("directory", "/" + name, "topic", name, "every", "50ms"));
    }

    private RunningWadi start(String routes) throws Exception {
        return ConnectorRoutes.start(Files.createTempDirectory(directory, "wadi"), routes, Map.of());
    }

    /** Writes a file under a name that the route ignores, and renames it. */
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
                .filter(deadLetter -> route.equals(KafkaProbe.header(deadLetter, "__connect.errors.connector.name")))
                .toList();
    }

    @Test
    @Nightly(perChange = {"OpenInputTest", "HdfsToTopicRouteIT#invalidRowsAndFiles_areDeadLetters_andOthersAreRead"})
    void files_ofEachFormat_becomeRecords_andAreRenamedWhenFinished() throws Exception {
        StringBuilder routes = new StringBuilder();
        for (FileFormat format : FileFormat.values()) {
            String name = name("hdfs", format);
            TopicProbe.create(name, 1);
            hdfs.mkdirs(new Path("/" + name));
            Map<String, String> parameters = parameters(name);
            parameters.put("format", format.name().toLowerCase(Locale.ROOT));
            parameters.put("rows", "300");
            routes.append(ConnectorRoutes.route("hdfs-to-topic", "from-" + name, parameters));
        }
        try (RunningWadi wadi = start(routes.toString())) {
            for (FileFormat format : FileFormat.values()) {
                String name = name("hdfs", format);
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
    void invalidRowsAndFiles_areDeadLetters_andOthersAreRead() throws Exception {
        TopicProbe.create("hdfs-bad", 1);
        Map<String, String> parameters = parameters("hdfs-bad");
        parameters.put("format", "json");
        drop("[{\"n\":1}, 2, {\"n\":3}]", "/hdfs-bad/rows");
        drop("[{\"n\":4},\n{\"n\":", "/hdfs-bad/cut-off");
        drop("[{\"n\":5}]", "/hdfs-bad/with space");
        drop("[{\"n\":6}]", "/hdfs-bad/good");
        try (RunningWadi wadi = start(ConnectorRoutes.route("hdfs-to-topic", "from-hdfs-bad", parameters))) {
            await().untilAsserted(() -> assertThat(HdfsProbe.list("/hdfs-bad"))
                    .containsExactlyInAnyOrder("rows.read", "cut-off.failed", "with space.failed", "good.read"));

            // Kafka completes a transaction shortly after its commit returns.
            TopicProbe.awaitReadable("hdfs-bad", "wadi.dead-letter");
            assertThat(values("hdfs-bad"))
                    .containsExactlyInAnyOrder("{\"n\":1}", "{\"n\":3}", "{\"n\":4}", "{\"n\":6}");
            assertThat(deadLetters("from-hdfs-bad"))
                    .extracting(
                            deadLetter -> KafkaProbe.header(deadLetter, "file"),
                            deadLetter -> KafkaProbe.header(deadLetter, "file.row"),
                            deadLetter -> new String(deadLetter.value(), UTF_8))
                    .containsExactlyInAnyOrder(
                            tuple("/hdfs-bad/rows", "2", "2"),
                            tuple("/hdfs-bad/cut-off", "2", "/hdfs-bad/cut-off"),
                            tuple("/hdfs-bad/with space", "1", "/hdfs-bad/with space"));
            assertThat(Scrape.of(wadi).sum("wadi_source_files_total", "route", "from-hdfs-bad", "result", "failed"))
                    .isEqualTo(2);
        }
    }

    @Test
    void openFile_isReadAfterItsWriterClosesIt() throws Exception {
        TopicProbe.create("hdfs-open", 1);
        hdfs.mkdirs(new Path("/hdfs-open"));
        try (RunningWadi wadi =
                start(ConnectorRoutes.route("hdfs-to-topic", "from-hdfs-open", parameters("hdfs-open")))) {
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
            TopicProbe.awaitReadable("hdfs-open");
            assertThat(values("hdfs-open")).containsExactly("other", "one", "two", "ignored");
        }
    }

    /**
     * camel-hdfs connects to HDFS with a client of its own: a user who may list files but not rename them claims none.
     */
    @Test
    void files_areClaimedAsTheConfiguredUser_andTheRouteWaitsForPermissions() throws Exception {
        TopicProbe.create("hdfs-user", 1);
        hdfs.mkdirs(new Path("/hdfs-user"));
        drop("one\n", "/hdfs-user/file");
        try (RunningWadi wadi = ConnectorRoutes.start(
                Files.createTempDirectory(directory, "wadi"),
                ConnectorRoutes.route("hdfs-to-topic", "from-hdfs-user", parameters("hdfs-user")),
                Map.of("wadi.hdfs.user", "ingest"))) {
            await().untilAsserted(() -> assertThat(
                            Http.get(wadi.managementUrl() + "/observe/health").body())
                    .contains("file could not be claimed", "Permission denied: user=ingest"));
            assertThat(HdfsProbe.list("/hdfs-user")).containsExactly("file");

            hdfs.setPermission(new Path("/hdfs-user"), new FsPermission((short) 0777));

            await().untilAsserted(() -> assertThat(values("hdfs-user")).containsExactly("one"));
            await().untilAsserted(() -> assertThat(HdfsProbe.list("/hdfs-user")).containsExactly("file.read"));
        }
    }

    @Test
    @Nightly(perChange = {"SurveyTest", "OpenInputTest"})
    void killedWhileFilesArrive_eachRowIsSentOnceInFileOrder() throws Exception {
        List<FileFormat> formats = List.of(FileFormat.values());
        List<String> topics =
                formats.stream().map(format -> name("hdfs-kills", format)).toList();
        java.nio.file.Path configuration = configure("hdfs-kills", formats);
        List<String> continued = new CopyOnWriteArrayList<>();
        Consumer<String> reading = line -> {
            if (CONTINUED.matcher(line).find()) {
                continued.add(line);
            }
        };
        ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
        try {
            Drops drops = new Drops("hdfs-kills", formats);
            Future<?> dropping = writer.scheduleWithFixedDelay(drops, 0, 500, TimeUnit.MILLISECONDS);
            RandomKills kills = new RandomKills("offsets", () -> offsets(topics), 20 * ROWS, SEED);
            kills.kill(60, () -> start(configuration, reading));
            assertThat(dropping.isDone()).as("writing failed").isFalse();
            writer.shutdown();
            assertThat(writer.awaitTermination(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            try (RouteProcess wadi = start(configuration, reading)) {
                for (String topic : topics) {
                    awaitAllRead(topic, drops, wadi);
                    assertEachFileOnceAndInOrder(topic, drops);
                }
                assertThat(wadi.stop()).isZero();
            }
        } finally {
            writer.shutdownNow();
        }
        assertThat(continued)
                .as("files that were read on after a kill, seed %d", SEED)
                .isNotEmpty();
    }

    @Test
    @Nightly(because = "needs a process that is frozen until another one has fenced its producer")
    void processFrozenDuringAFailover_noRowIsDuplicated() throws Exception {
        List<FileFormat> formats = List.of(FileFormat.LINES);
        String name = name("hdfs-zombie", FileFormat.LINES);
        java.nio.file.Path configuration = configure("hdfs-zombie", formats);
        Drops drops = new Drops("hdfs-zombie", formats);
        for (int i = 0; i < 30; i++) {
            drops.run();
        }
        try (RouteProcess zombie = start(configuration, line -> {})) {
            await().atMost(ChildJvm.START_TIMEOUT).until(() -> values(name).size() > 100);
            zombie.signal("STOP");
            int before = values(name).size();
            try (RouteProcess next = start(
                    ConnectorRoutes.configure(
                            Files.createDirectories(directory.resolve("next")), routes("hdfs-zombie", formats)),
                    line -> {})) {
                await().atMost(ChildJvm.START_TIMEOUT).until(() -> values(name).size() > before + 300);
                zombie.signal("CONT");
                awaitAllRead(name, drops, next);
                assertEachFileOnceAndInOrder(name, drops);
                assertThat(next.stop()).isZero();
                assertThat(zombie.stop()).isZero();
            }
        }
        assertEachFileOnceAndInOrder(name, drops);
    }

    private static String name(String prefix, FileFormat format) {
        return prefix + "-" + format.name().toLowerCase(Locale.ROOT);
    }

    /** Returns one route for each format, with small transactions. */
    private static String routes(String prefix, List<FileFormat> formats) {
        return formats.stream()
                .map(format -> {
                    Map<String, String> parameters = parameters(name(prefix, format));
                    parameters.put("format", format.name().toLowerCase(Locale.ROOT));
                    parameters.put("rows", "20");
                    return ConnectorRoutes.route("hdfs-to-topic", "from-" + name(prefix, format), parameters);
                })
                .collect(Collectors.joining());
    }

    private java.nio.file.Path configure(String prefix, List<FileFormat> formats) throws Exception {
        for (FileFormat format : formats) {
            TopicProbe.create(name(prefix, format), 1);
            hdfs.mkdirs(new Path("/" + name(prefix, format)));
        }
        return ConnectorRoutes.configure(Files.createDirectories(directory.resolve(prefix)), routes(prefix, formats));
    }

    private static RouteProcess start(java.nio.file.Path configuration, Consumer<String> lines) throws IOException {
        return RouteProcess.startConfigured(
                configuration,
                lines,
                List.of("-Dwadi.hdfs.uri=" + TestServers.shared().ports().hdfsUri()));
    }

    private static long offsets(List<String> topics) throws Exception {
        return TopicProbe.ends(topics).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static void awaitAllRead(String name, Drops drops, RouteProcess wadi) {
        await("all of " + name + ", seed " + SEED + ", see " + wadi.log())
                .atMost(ChildJvm.START_TIMEOUT)
                .untilAsserted(() -> assertThat(HdfsProbe.list("/" + name))
                        .hasSameSizeAs(drops.rows)
                        .allMatch(each -> each.endsWith(".read")));
    }

    /** Writes one numbered file of each format in each run. */
    private final class Drops implements Runnable {
        private final Random random = new Random(SEED);
        private final String prefix;
        private final List<FileFormat> formats;
        private final List<Integer> rows = new CopyOnWriteArrayList<>();

        Drops(String prefix, List<FileFormat> formats) {
            this.prefix = prefix;
            this.formats = formats;
        }

        @Override
        public void run() {
            int number = rows.size();
            int count = 1 + random.nextInt(ROWS);
            try {
                for (FileFormat format : formats) {
                    String name = name(prefix, format);
                    drop(
                            HdfsFiles.write(format, directory.resolve(name + "." + number), number * ROWS, count),
                            "/" + name + "/" + number);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            rows.add(count);
        }
    }

    /** Asserts that each row was sent once, in the order of its file. */
    private static void assertEachFileOnceAndInOrder(String topic, Drops drops) {
        Map<String, List<String>> found = new HashMap<>();
        TopicProbe.awaitReadable(topic);
        KafkaProbe.forEach(topic, each -> {
            List<String> rows = found.computeIfAbsent(KafkaProbe.header(each, "file"), file -> new ArrayList<>());
            rows.add(new String(each.value(), UTF_8));
            assertThat(KafkaProbe.header(each, "file.row"))
                    .as("row of %s at offset %d", KafkaProbe.header(each, "file"), each.offset())
                    .isEqualTo(Integer.toString(rows.size()));
        });
        assertThat(found).hasSameSizeAs(drops.rows).allSatisfy((file, rows) -> {
            int number = Integer.parseInt(file.substring(file.lastIndexOf('/') + 1));
            assertThat(rows)
                    .as("%s, seed %d", file, SEED)
                    .isEqualTo(HdfsFiles.rows(number * ROWS, drops.rows.get(number)));
        });
    }
}
