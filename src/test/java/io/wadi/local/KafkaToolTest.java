package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaToolTest {
    static List<String> names() {
        return KafkaTool.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void eachTool_hasAMainClassInTheKafkaLibraries(String name) throws Exception {
        assertThat(Class.forName(KafkaTool.mainClass(name)).getMethod("main", String[].class))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "topics, --list, --bootstrap-server localhost:9092 --list",
        "cluster, cluster-id, cluster-id --bootstrap-server localhost:9092",
        "topics, --bootstrap-server=a:1 --list, --bootstrap-server=a:1 --list",
        "topics, --list --bootstrap-server a:1, --list --bootstrap-server a:1",
        "features, --bootstrap-controller a:1 describe, --bootstrap-controller a:1 describe",
        "topics, --help, --help",
        "dump-log, --files x.log, --files x.log"
    })
    void connectingTools_useTheLocalBrokers_unlessOthersAreGiven(String name, String given, String run) {
        assertThat(String.join(" ", KafkaTool.withServers(name, List.of(given.split(" ")))))
                .isEqualTo(run);
    }

    /** The option would take precedence over the property. */
    @Test
    void brokersInProperties_areNotReplacedByTheLocalOnes(@TempDir Path directory) throws Exception {
        Path other = Files.writeString(directory.resolve("other"), "bootstrap.servers=a:1\n");
        Path none = Files.writeString(directory.resolve("none"), "client.id=perf\n");

        for (List<String> given : List.of(
                List.of("--topic", "t", "--command-property", "acks=1", "bootstrap.servers=a:1"),
                List.of("--topic", "t", "--command-config", other.toString()),
                List.of("--topic", "t", "--producer.config=" + other))) {
            assertThat(KafkaTool.withServers("producer-perf-test", given)).isEqualTo(given);
        }
        assertThat(KafkaTool.withServers("producer-perf-test", List.of("--command-config", none.toString())))
                .startsWith("--bootstrap-server", "localhost:9092");
    }

    @Test
    void names_matchKafkasScripts() {
        assertThat(KafkaTool.names()).contains("topics", "configs", "consumer-groups", "reassign-partitions", "acls");
    }
}
