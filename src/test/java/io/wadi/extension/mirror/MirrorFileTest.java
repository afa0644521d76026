package io.wadi.extension.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wadi.runtime.config.SettingsException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.connect.mirror.DefaultGroupFilter;
import org.apache.kafka.connect.mirror.MirrorCheckpointConnector;
import org.apache.kafka.connect.mirror.MirrorMakerConfig;
import org.apache.kafka.connect.mirror.MirrorSourceConnector;
import org.apache.kafka.connect.mirror.SourceAndTarget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MirrorFileTest {
    private static final String TWO = """
            clusters = A, B
            A.bootstrap.servers = a:9092
            B.bootstrap.servers = b:9092
            """;
    private static final String KEEPS_NAMES =
            "replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy\n";

    @TempDir
    private Path directory;

    private Path written(String text) throws IOException {
        return Files.writeString(directory.resolve("mirror.properties"), text);
    }

    private MirrorFile read(String text) throws IOException {
        return MirrorFile.read(written(text));
    }

    private List<String> mistakes(String text) throws IOException {
        Path file = written(text);
        return catchThrowableOfType(SettingsException.class, () -> MirrorFile.read(file)).mistakes().stream()
                .map(each -> each.replace(file + ": ", ""))
                .toList();
    }

    @Test
    void flow_selectsAndNamesTopicsLikeMirrorMaker() throws IOException {
        ReplicationFlow flow = read(TWO + "A->B.enabled = true\nA->B.topics = weather\\\\..*, orders\n")
                .flow("A", "B");

        assertThat(flow.copies("weather.seoul")).isTrue();
        assertThat(flow.copies("orders")).isTrue();
        assertThat(flow.copies("orders2")).isFalse();
        assertThat(flow.copies("B.weather.seoul")).isFalse();
        assertThat(flow.copies("heartbeats")).isTrue();
        assertThat(flow.copies(KnownClusters.TOPIC)).isFalse();
        assertThat(flow.nameAtTarget("weather.seoul")).isEqualTo("A.weather.seoul");
        assertThat(flow.heartbeats()).isEqualTo("A.heartbeats");
        assertThat(flow.checkpoints()).isEqualTo("A.checkpoints.internal");
    }

    @Test
    void allTopics_excludesInternalTopics_andCopiesFromTheTarget() throws IOException {
        ReplicationFlow flow = read(TWO + "A->B.enabled = true\n").flow("A", "B");

        assertThat(flow.copies("weather.seoul")).isTrue();
        assertThat(flow.copies("C.weather.seoul")).isTrue();
        assertThat(flow.copies("B.weather.seoul")).isFalse();
        assertThat(flow.copies("C.B.weather.seoul")).isFalse();
        assertThat(flow.copies("mm2-offsets.B.internal")).isFalse();
        assertThat(flow.copies("__consumer_offsets")).isFalse();
    }

    @Test
    void heartbeats_areExpectedOnlyIfMirrorMakerCopiesThem() throws IOException {
        String file = TWO + "A->B.enabled = true\nheartbeats.replication.enabled = false\n";

        ReplicationFlow without = read(file + "A->B.topics = orders\n").flow("A", "B");
        assertThat(without.copies("heartbeats")).isFalse();
        assertThat(without.hasHeartbeats()).isFalse();
        ReplicationFlow amongTopics = read(file).flow("A", "B");
        assertThat(amongTopics.copies("heartbeats")).isTrue();
        assertThat(amongTopics.hasHeartbeats()).isTrue();
    }

    /** The expected topics are those of {@code MirrorMakerConfig.workerConfig} of Kafka 4.3, which takes seconds. */
    @ParameterizedTest
    @CsvSource({
        "'',mm2-offsets.A.internal",
        "'offset.storage.topic = all',all",
        "'B.offset.storage.topic = b',b",
        "'offset.storage.topic = all\nB.offset.storage.topic = b',all"
    })
    void topicOfOffsets_isThatOfMirrorMaker(String settings, String expected) throws IOException {
        assertThat(read(TWO + "A->B.enabled = true\n" + settings + "\n")
                        .flow("A", "B")
                        .offsets())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'',mm2-offset-syncs.B.internal,false",
        "'offset-syncs.topic.location = source',mm2-offset-syncs.B.internal,false",
        "'offset-syncs.topic.location = target',mm2-offset-syncs.A.internal,true",
        "'A->B.offset-syncs.topic.location = target',mm2-offset-syncs.A.internal,true"
    })
    void topicOfOffsetSyncs_isThatOfMirrorMaker(String settings, String expected, boolean isAtTarget)
            throws IOException {
        assertThat(read(TWO + "A->B.enabled = true\n" + settings + "\n").flow("A", "B"))
                .returns(expected, ReplicationFlow::offsetSyncs)
                .returns(isAtTarget, ReplicationFlow::hasSyncsAtTarget);
    }

    @Test
    void unknownLocationOfOffsetSyncs_isRejected() throws IOException {
        assertThat(mistakes(TWO + "A->B.enabled = true\noffset-syncs.topic.location = both\n"))
                .containsExactly("A->B.offset-syncs.topic.location=both: expected target or source");
    }

    @Test
    void clientSettings_matchThoseOfMirrorMaker() throws IOException {
        MirrorFile file = read(TWO + """
                A->B.enabled = true
                security.protocol = SSL
                A.security.protocol = SASL_SSL
                A.admin.request.timeout.ms = 1234
                A.consumer.isolation.level = read_committed
                """);

        assertThat(file.client("A"))
                .isEqualTo(Map.of(
                        "bootstrap.servers", "a:9092",
                        "security.protocol", "SASL_SSL",
                        "request.timeout.ms", "1234"));
        assertThat(file.client("B")).isEqualTo(Map.of("bootstrap.servers", "b:9092", "security.protocol", "SSL"));
    }

    @Test
    void mistakes_areReportedTogether_withTheNearestNames() throws IOException {
        assertThat(mistakes("""
                        clusters = left, right
                        left.bootstrap.servers = a:9092
                        left->rigth.enabled = true
                        left->right.enabled = yes
                        left->right.topics = [
                        left->right.topic.exclude = x
                        sync.group.offset.enabled = true
                        exactly.once.source.support = enabled
                        right.exactly.once.source.suport = enabled
                        """))
                .containsExactlyInAnyOrder(
                        "left->rigth.enabled: rigth is none of clusters=left, right; did you mean right?",
                        "left->right.enabled=yes: expected true or false",
                        "left->right.topic.exclude: unknown setting, which MirrorMaker would ignore;"
                                + " did you mean topics.exclude?",
                        "sync.group.offset.enabled: unknown setting, which MirrorMaker would ignore;"
                                + " did you mean sync.group.offsets.enabled?",
                        "exactly.once.source.support: MirrorMaker ignores it without the alias of the target"
                                + " cluster; expected right.exactly.once.source.support",
                        "right.exactly.once.source.suport: unknown setting, which MirrorMaker would ignore;"
                                + " did you mean exactly.once.source.support?");
    }

    @Test
    void flowWithoutServers_orWithAnInvalidPattern_isRejected() throws IOException {
        assertThat(mistakes("""
                        clusters = A, B
                        A.bootstrap.servers = a:9092
                        A->B.enabled = true
                        A->B.topics = weather[
                        """))
                .contains("A->B.topics: invalid regular expression \"weather[\": Unclosed character class");
        assertThat(mistakes("clusters = A, B\nA.bootstrap.servers = a:9092\nA->B.enabled = true\n"))
                .containsExactly("B.bootstrap.servers: missing; expected host:port of one or more brokers");
    }

    @Test
    void noFlow_oneCluster_andACustomPolicy_areRejected() throws IOException {
        assertThat(mistakes(TWO)).containsExactly("no flow is enabled; A->B.enabled=true enables one");
        assertThat(mistakes("clusters = A\n"))
                .containsExactly("clusters=A: expected two or more aliases, separated by commas");
        assertThat(mistakes(TWO + "A->B.enabled = true\nreplication.policy.class = com.example.Own\n"))
                .containsExactly("A->B: replication.policy.class=com.example.Own: expected"
                        + " org.apache.kafka.connect.mirror.DefaultReplicationPolicy or"
                        + " org.apache.kafka.connect.mirror.IdentityReplicationPolicy");
    }

    @Test
    void customFilters_areRejected() throws IOException {
        assertThat(mistakes(TWO + """
                        A->B.enabled = true
                        topic.filter.class = com.example.Topics
                        A->B.group.filter.class = com.example.Groups
                        """))
                .containsExactly(
                        "A->B: topic.filter.class=com.example.Topics: expected"
                                + " org.apache.kafka.connect.mirror.DefaultTopicFilter",
                        "A->B: group.filter.class=com.example.Groups: expected"
                                + " org.apache.kafka.connect.mirror.DefaultGroupFilter");
    }

    @Test
    void missingFileAndMissingVariable_areRejected() throws IOException {
        assertThatThrownBy(() -> MirrorFile.read(directory.resolve("none.properties")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("none.properties: reading failed");
        assertThat(mistakes("""
                        clusters = A, B
                        config.providers = env
                        config.providers.env.class = org.apache.kafka.common.config.provider.EnvVarConfigProvider
                        A.bootstrap.servers = ${env:WADI_NO_SUCH_VARIABLE}
                        B.bootstrap.servers = b:9092
                        A->B.enabled = true
                        """))
                .containsExactly("A.bootstrap.servers=${env:WADI_NO_SUCH_VARIABLE}: the environment has no variable"
                        + " WADI_NO_SUCH_VARIABLE");
    }

    @Test
    void flowFromAClusterToItself_isRejected() throws IOException {
        assertThat(mistakes(TWO + "A->B.enabled = true\nA->A.enabled = true\n"))
                .containsExactly(
                        "A->A.enabled: MirrorMaker ignores a flow from a cluster to itself; expected two clusters");
    }

    @Test
    void replicationCyclesThatKeepTopicNames_areRejected() throws IOException {
        String both = TWO + "A->B.enabled = true\nB->A.enabled = true\n";
        assertThat(mistakes(both + KEEPS_NAMES)).singleElement().asString().startsWith("A->B, B->A would loop: ");
        assertThat(mistakes(both + "A->B." + KEEPS_NAMES))
                .singleElement()
                .asString()
                .startsWith("A->B, B->A would loop: ");
        assertThat(mistakes(both + KEEPS_NAMES + "A->B.topics = weather.*\nB->A.topics = weather.*,orders\n"))
                .hasSize(1);
        assertThat(mistakes(both + KEEPS_NAMES + "A->B.topics = orders\nB->A.topics = .*\n"))
                .hasSize(1);
        assertThat(mistakes("""
                        clusters = A, B, C
                        A.bootstrap.servers = a:9092
                        B.bootstrap.servers = b:9092
                        C.bootstrap.servers = c:9092
                        A->B.enabled = true
                        B->C.enabled = true
                        C->A.enabled = true
                        """ + KEEPS_NAMES)).singleElement().asString().startsWith("A->B, B->C, C->A would loop: ");
    }

    @Test
    void replicationCyclesThatRenameCopies_orShareNoTopics_areAccepted() throws IOException {
        String both = TWO + "A->B.enabled = true\nB->A.enabled = true\n";
        assertThat(read(both).flows()).hasSize(2);
        assertThat(read(both + KEEPS_NAMES + "A->B.topics = orders\nB->A.topics = payments, weather.seoul\n")
                        .flows())
                .hasSize(2);
        assertThat(read(both + KEEPS_NAMES + "A->B.topics = orders\nB->A.topics = weather.*\n")
                        .flows())
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"one-way", "active-standby", "active-active", "hub-and-spoke", "fan-out"})
    void shippedFile_isValid(String name) {
        Map<String, String> servers =
                Map.of("A", "a:1", "B", "b:1", "hub", "h:1", "north", "n:1", "south", "s:1", "west", "w:1");
        Path file = Path.of("docker/mirror", name + ".properties");
        Map<String, String> own = new TreeMap<>(servers);
        own.keySet().retainAll(MirrorFile.aliases(file));

        assertThatCode(() -> MirrorFile.read(file, own)).doesNotThrowAnyException();
        assertThat(MirrorFile.read(file, own).flows()).isNotEmpty().allMatch(ReplicationFlow::hasHeartbeats);
    }

    @ParameterizedTest
    @ValueSource(strings = {"one-way", "active-standby", "active-active", "hub-and-spoke", "fan-out"})
    void shippedFile_configuresTheClientsOfEachFlow(String name) throws IOException {
        Path shipped = Path.of("docker/mirror", name + ".properties");
        Map<String, String> settings = new TreeMap<>();
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(shipped)) {
            properties.load(reader);
        }
        properties.stringPropertyNames().stream()
                .filter(each -> !each.startsWith("config.providers"))
                .forEach(each -> settings.put(each, properties.getProperty(each)));
        MirrorFile.aliases(shipped).forEach(each -> settings.put(each + ".bootstrap.servers", "localhost:1"));
        settings.put("plugin.discovery", "service_load");
        MirrorMakerConfig mirrorMaker = new MirrorMakerConfig(settings);

        List<SourceAndTarget> enabled = mirrorMaker.clusterPairs().stream()
                .filter(each -> "true".equals(settings.get(each.source() + "->" + each.target() + ".enabled")))
                .toList();

        assertThat(enabled).isNotEmpty().allSatisfy(each -> {
            assertThat(mirrorMaker.connectorBaseConfig(each, MirrorSourceConnector.class))
                    .containsEntry("source.consumer.isolation.level", "read_committed")
                    .containsEntry("source.consumer.receive.buffer.bytes", "-1");
            DefaultGroupFilter groups = new DefaultGroupFilter();
            groups.configure(mirrorMaker.connectorBaseConfig(each, MirrorCheckpointConnector.class));
            assertThat(groups.shouldReplicateGroup("connect-orders")).isTrue();
            assertThat(groups.shouldReplicateGroup("console-consumer-1")).isFalse();
            assertThat(mirrorMaker.workerConfig(each))
                    .containsEntry("exactly.once.source.support", "enabled")
                    .containsEntry("producer.compression.type", "zstd");
        });
        // A herder that only sends heartbeats must not wait for five minutes after a disconnection either.
        assertThat(mirrorMaker.clusterPairs())
                .allSatisfy(each -> assertThat(mirrorMaker.workerConfig(each))
                        .containsEntry("scheduled.rebalance.max.delay.ms", "0"));
    }

    @Test
    void settingsIgnoredByMirrorMaker_areRejected() throws IOException {
        assertThat(mistakes(TWO + """
                        A->B.enabled = true
                        consumer.isolation.level = read_committed
                        producer.compression.type = zstd
                        exactly.once.source.support = enabled
                        linger.ms = 5
                        topics.blacklist = weather
                        use.defaults.from = source
                        A.topics = orders
                        B.tasks.max = 2
                        B.enabled = true
                        """))
                .satisfiesExactlyInAnyOrder(
                        each -> assertThat(each).isEqualTo(ignored("A", "consumer.isolation.level")),
                        each -> assertThat(each).isEqualTo(ignored("B", "producer.compression.type")),
                        each -> assertThat(each).isEqualTo(ignored("B", "exactly.once.source.support")),
                        each -> assertThat(each).isEqualTo(ignored("B", "linger.ms")),
                        each -> assertThat(each).startsWith("topics.blacklist: unknown setting"),
                        each -> assertThat(each).startsWith("use.defaults.from: unknown setting"),
                        each -> assertThat(each).isEqualTo(ofFlow("A.topics", "A->B.topics")),
                        each -> assertThat(each).isEqualTo(ofFlow("B.tasks.max", "A->B.tasks.max")),
                        each -> assertThat(each).isEqualTo(ofFlow("B.enabled", "A->B.enabled")));
    }

    private static String ofFlow(String name, String expected) {
        return "%s: MirrorMaker ignores it behind the alias of a cluster; expected a flow, such as %s"
                .formatted(name, expected);
    }

    private static String ignored(String alias, String name) {
        return "%s: MirrorMaker ignores it without the alias of the %s cluster; expected %s.%s"
                .formatted(name, alias.equals("A") ? "source" : "target", alias, name);
    }

    @Test
    void clientSettingsAndFlowSettings_areAccepted() {
        assertThatCode(() -> read(TWO + """
                        A->B.enabled = true
                        security.protocol = SSL
                        ssl.truststore.location = trust.p12
                        A->B.use.defaults.from = source
                        A->B.producer.override.compression.type = zstd
                        """)).doesNotThrowAnyException();
    }
}
