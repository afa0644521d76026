package io.wadi.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code docs/metricbeat/metricbeat.yml} has the settings that Wadi depends on. The documents of {@code
 * metricbeat-9.ndjson} are written from the field reference, not recorded.
 */
final class MetricbeatConfigurationTest {
    private static final Path FILE = Path.of("docs/metricbeat/metricbeat.yml");
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern COMMENTED_OPTION = Pattern.compile("(?m)^( *)# ([a-z_.]+: \\S+)");

    /** The default of a broker's {@code message.max.bytes}. */
    private static final String KAFKAS_MAX_MESSAGE = "1048588";

    private final JsonNode configuration = YAML.readTree(FILE.toFile());
    private final JsonNode output = configuration.path("output.kafka");

    MetricbeatConfigurationTest() throws IOException {}

    @Test
    void output_usesTheBrokersAndTopicThatWadiReads() {
        assertThat(output.path("hosts"))
                .extracting(JsonNode::asText)
                .containsExactly(WadiSettings.KAFKA_BROKERS.defaultText());
        assertThat(output.path("topic").asText()).isEqualTo(MetricsSettings.TOPIC.defaultText());
        assertThat(metricsTopic()).isNotNull();
    }

    @Test
    void output_requiresAcknowledgments_andRetriesForever() {
        assertThat(output.path("required_acks").asInt()).isEqualTo(-1);
        assertThat(output.path("max_retries").asInt()).isEqualTo(-1);
        assertThat(output.path("max_message_bytes").asInt())
                .isPositive()
                .isLessThan(Integer.parseInt(metricsTopic()
                        .config()
                        .getOrDefault(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, KAFKAS_MAX_MESSAGE)));
    }

    @Test
    void output_formatAndCompression_areSupportedByKafkaAndWadi() {
        String compression = output.path("compression").asText();
        ProducerConfig.configDef()
                .configKeys()
                .get(ProducerConfig.COMPRESSION_TYPE_CONFIG)
                .validator
                .ensureValid(ProducerConfig.COMPRESSION_TYPE_CONFIG, compression);
        assertThat(compression).isNotEqualTo("none");
        assertThat(output.at("/codec.json/pretty").isBoolean()).isTrue();
        assertThat(output.at("/codec.json/pretty").booleanValue()).isFalse();
        assertThat(output.path("version").textValue()).isEqualTo("2.1.0"); // text: a number would lose its last part
    }

    @Test
    void output_sendsAHostToOnePartition() {
        assertThat(output.path("partition.hash").properties())
                .extracting(Map.Entry::getKey)
                .as("hash by the key: no list of other fields")
                .containsExactly("reachable_only");
        assertThat(output.at("/partition.hash/reachable_only").booleanValue()).isFalse();
        assertThat(output.at("/partition.hash/reachable_only").isBoolean()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"metricbeat.ndjson", "metricbeat-9.ndjson"})
    void key_isTheHostName(String fixture) throws IOException {
        String key = output.path("key").asText();
        assertThat(key).matches("%\\{\\[[a-z.]+]}");
        String pointer = "/" + key.substring(3, key.length() - 2).replace('.', '/');

        for (String document : Fixtures.lines(fixture)) {
            assertThat(JSON.readTree(document).at(pointer).asText())
                    .isEqualTo(MetricDocument.read(document.getBytes(UTF_8)).hostName());
        }
    }

    @Test
    void modules_collectTheMetricsThatWadiUses() {
        assertThat(metricsets()).contains("cpu", "memory");
        assertThat(configuration.path("metricbeat.modules"))
                .filteredOn(module -> module.path("metricsets").toString().contains("\"cpu\""))
                .singleElement()
                .satisfies(module -> assertThat(module.path("cpu.metrics"))
                        .extracting(JsonNode::asText)
                        .contains("normalized_percentages"));
        assertThat(configuration.path("processors"))
                .anySatisfy(processor ->
                        assertThat(processor.has("add_host_metadata")).isTrue());
    }

    @Test
    void eachModule_hasADocumentInTheFixtures() {
        assertThat(Fixtures.lines("metricbeat-9.ndjson"))
                .extracting(document ->
                        MetricDocument.read(document.getBytes(UTF_8)).metricset())
                .containsExactlyInAnyOrderElementsOf(metricsets());
    }

    @Test
    void commentedOptions_areValidYaml() throws IOException {
        String uncommented = COMMENTED_OPTION.matcher(Files.readString(FILE)).replaceAll("$1$2");

        JsonNode with = YAML.readTree(uncommented);

        assertThat(with.path("name").asText()).isEqualTo("web-01.example.org");
        JsonNode kafka = with.path("output.kafka");
        assertThat(kafka.path("topic")).isEqualTo(output.path("topic"));
        assertThat(kafka.path("sasl.mechanism").asText()).isEqualTo("SCRAM-SHA-512");
        assertThat(Stream.of("username", "password", "ssl.certificate_authorities", "ssl.certificate", "ssl.key"))
                .allSatisfy(option -> assertThat(kafka.has(option)).as(option).isTrue());
        assertThat(kafka.path("ssl.enabled").booleanValue()).isTrue();
    }

    private Set<String> metricsets() {
        Set<String> metricsets = new TreeSet<>();
        for (JsonNode module : configuration.path("metricbeat.modules")) {
            StreamSupport.stream(module.path("metricsets").spliterator(), false)
                    .map(JsonNode::asText)
                    .forEach(metricsets::add);
        }
        return metricsets;
    }

    private Topic metricsTopic() {
        return Topics.read("topics.yaml").find(output.path("topic").asText()).orElse(null);
    }
}
