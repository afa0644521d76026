package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
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

    @Test
    void names_matchKafkasScripts() {
        assertThat(KafkaTool.names()).contains("topics", "configs", "consumer-groups", "reassign-partitions", "acls");
    }
}
