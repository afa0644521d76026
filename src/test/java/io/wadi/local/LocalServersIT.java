package io.wadi.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wadi.testing.TestServers;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("long")
class LocalServersIT {
    private static final String EVENT = "{\"colorName\":\"빨강 🎨\"}";
    private static final String BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build();

    private static final ServerPorts PORTS = ServerPorts.free();
    private static Path data;
    private static LocalServers servers;

    @BeforeAll
    static void start() throws IOException {
        Path target = Path.of("target");
        data = TestServers.newDirectory("own");
        servers = new LocalServers(data, LocalElasticsearch.unpackedIn(target), PORTS, LocalServers.Progress.NONE);
        servers.start();
    }

    @AfterAll
    static void stop() {
        servers.stop();
        TestServers.delete(data);
    }

    @Test
    void start_withDataOfAnEarlierRun_hasRecordFileAndDocument() throws Exception {
        produce("kept", EVENT);
        write("/data/kept.jsonl", EVENT);
        put("/kept/_doc/1?refresh=true", EVENT);

        servers.stop();
        await().until(() -> Stream.of(PORTS.kafka(), PORTS.hdfs(), PORTS.hdfsWeb(), PORTS.elasticsearch())
                .allMatch(Ports::isFree));
        assertThat(servers.dead()).isPresent();
        servers.start();

        assertThat(servers.dead()).isEmpty();
        assertThat(firstRecord("kept")).isEqualTo(EVENT);
        // Hadoop's client keeps an idle connection for 10 s and does not read from it meanwhile: the first call over
        // one that the stopped name node has closed fails.
        await().untilAsserted(() ->
                assertThat(get(PORTS.webHdfsUrl() + "/data/kept.jsonl?op=OPEN")).isEqualTo(EVENT));
        assertThat(get(PORTS.elasticsearchUrl() + "/kept/_source/1")).isEqualTo(EVENT);
    }

    /** On Linux every address of 127/8 is this machine's: a port that is bound to all addresses is taken at 127.0.0.2, too. */
    @Test
    void servers_listenOnLoopbackOnly() {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "Skipped: only Linux has 127.0.0.2");
        assertThat(List.of(PORTS.kafka(), PORTS.hdfs(), PORTS.hdfsWeb(), PORTS.elasticsearch()))
                .allMatch(port -> isOpen("127.0.0.1", port))
                .noneMatch(port -> isOpen("127.0.0.2", port));
        assertThat(servers.hdfs().dataNodePorts())
                .hasSize(3)
                .allMatch(port -> isOpen("127.0.0.1", port))
                .noneMatch(port -> isOpen("127.0.0.2", port));
    }

    private static boolean isOpen(String address, int port) {
        try (Socket socket = new Socket(address, port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /** What a web page can have a browser send to another server: any method that needs no permission, and no header of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"TRUNCATE&newlength=1", "APPEND", "CONCAT&sources=/data/other.jsonl"})
    void webHdfs_rejectsAChangeRequestedByAWebPage(String operation) throws Exception {
        write("/data/forged.jsonl", EVENT);
        String url = PORTS.webHdfsUrl() + "/data/forged.jsonl?user.name=" + System.getProperty("user.name") + "&op="
                + operation;

        HttpResponse<String> refused = post(url, "User-Agent", BROWSER);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("Missing Required Header for CSRF Vulnerability Protection");
        assertThat(get(PORTS.webHdfsUrl() + "/data/forged.jsonl?op=OPEN")).isEqualTo(EVENT);
    }

    @Test
    void webHdfs_acceptsARequestWithItsHeader() throws Exception {
        write("/data/truncated.jsonl", EVENT);
        String url = PORTS.webHdfsUrl() + "/data/truncated.jsonl?op=TRUNCATE&newlength=1&user.name="
                + System.getProperty("user.name");

        assertThat(post(url, "User-Agent", BROWSER, "X-XSRF-HEADER", "any").statusCode())
                .isEqualTo(200);
        await().untilAsserted(() -> assertThat(get(PORTS.webHdfsUrl() + "/data/truncated.jsonl?op=OPEN"))
                .isEqualTo("{"));
    }

    private static HttpResponse<String> post(String url, String... headers) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(url))
                        .headers(headers)
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void hdfs_afterARestartOfEitherNode_readsAndWritesFiles() throws Exception {
        write("/data/before.jsonl", EVENT);

        servers.hdfs().restartDataNode();
        writeOnceTaken("/data/between.jsonl");
        servers.hdfs().restartNameNode();
        writeOnceTaken("/data/after.jsonl");

        // The DataNode, too, notices with its next request that its connection to the NameNode is gone.
        await().untilAsserted(() -> assertThat(List.of("before", "between", "after"))
                .allSatisfy(name -> assertThat(get(PORTS.webHdfsUrl() + "/data/" + name + ".jsonl?op=OPEN"))
                        .isEqualTo(EVENT)));
    }

    @Test
    void kafka_withAnUndeclaredTopic_doesNotCreateIt() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", PORTS.kafkaBrokers()));
                KafkaConsumer<String, String> consumer = consumer()) {
            assertThat(consumer.partitionsFor("undeclared")).isEmpty();

            assertThat(admin.listTopics().names().get()).doesNotContain("undeclared");
        }
    }

    private static void produce(String topic, String value) throws Exception {
        Map<String, Object> client = Map.of("bootstrap.servers", PORTS.kafkaBrokers());
        try (Admin admin = Admin.create(client);
                KafkaProducer<String, String> producer =
                        new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
            producer.send(new ProducerRecord<>(topic, value)).get();
        }
    }

    private static String firstRecord(String topic) {
        try (KafkaConsumer<String, String> consumer = consumer()) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            return await().until(() -> consumer.poll(Duration.ofSeconds(1)), records -> !records.isEmpty())
                    .iterator()
                    .next()
                    .value();
        }
    }

    private static KafkaConsumer<String, String> consumer() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", PORTS.kafkaBrokers(), "allow.auto.create.topics", true),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static void write(String path, String text) throws IOException {
        try (FileSystem files = FileSystem.newInstance(URI.create(PORTS.hdfsUri()), new Configuration());
                FSDataOutputStream out = files.create(new org.apache.hadoop.fs.Path(path))) {
            out.write(text.getBytes(UTF_8));
            out.hsync();
        }
    }

    /** Again where the first call goes over a connection that the stopped node has closed. */
    private static void writeOnceTaken(String path) {
        await().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            write(path, EVENT);
            return true;
        });
    }

    private static void put(String path, String json) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(PORTS.elasticsearchUrl() + path))
                .PUT(HttpRequest.BodyPublishers.ofString(json))
                .header("Content-Type", "application/json")
                .build();
        assertThat(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(201);
    }

    private static String get(String url) {
        try {
            return HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
