package io.wadi.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import java.io.IOException;
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
import org.junit.jupiter.api.Test;

@Nightly(
        perChange = {
            "UpIT#event_isLandedAndIndexed_despiteAddressesInTheEnvironment_andUpStopsInOrder",
            "LocalServersProtectionIT"
        })
class LocalServersIT {
    private static final String EVENT = "{\"colorName\":\"빨강 🎨\"}";
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
        write(PORTS, "/data/kept.jsonl", EVENT);
        put("/kept/_doc/1?refresh=true", EVENT);

        servers.stop();
        await().until(() -> Stream.of(PORTS.kafka(), PORTS.hdfs(), PORTS.hdfsWeb(), PORTS.elasticsearch())
                .allMatch(Ports::isFree));
        assertThat(servers.dead()).isPresent();
        servers.start();

        assertThat(servers.dead()).isEmpty();
        assertThat(firstRecord("kept")).isEqualTo(EVENT);
        // Hadoop's client keeps an idle connection for 10 s without reading from it, so the first call on a connection
        // that the stopped NameNode has closed fails.
        await().untilAsserted(() ->
                assertThat(get(PORTS.webHdfsUrl() + "/data/kept.jsonl?op=OPEN")).isEqualTo(EVENT));
        assertThat(get(PORTS.elasticsearchUrl() + "/kept/_source/1")).isEqualTo(EVENT);
    }

    @Test
    void hdfs_afterARestartOfEitherNode_readsAndWritesFiles() throws Exception {
        write(PORTS, "/data/before.jsonl", EVENT);

        servers.hdfs().restartDataNode();
        writeOnceTaken("/data/between.jsonl");
        servers.hdfs().restartNameNode();
        writeOnceTaken("/data/after.jsonl");

        // Only its next request shows the DataNode that its connection to the NameNode is closed.
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

    static void write(ServerPorts ports, String path, String text) throws IOException {
        try (FileSystem files = FileSystem.newInstance(URI.create(ports.hdfsUri()), new Configuration());
                FSDataOutputStream out = files.create(new org.apache.hadoop.fs.Path(path))) {
            out.write(text.getBytes(UTF_8));
            out.hsync();
        }
    }

    /** Writes a file, again if the first call uses a connection that the stopped node has closed. */
    private static void writeOnceTaken(String path) {
        await().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            write(PORTS, path, EVENT);
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

    static String get(String url) {
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
