package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PipelineTest {
    @Test
    void addressesOfTheOptions_areEnvironmentVariables_whichOverrideThoseOfTheShell() {
        UpOptions options = UpOptions.parse(List.of("--kafka-port=1", "--http-port=2"), Path.of("data"));

        assertThat(Pipeline.environment(options))
                .containsAllEntriesOf(Map.of(
                        "WADI_KAFKA_BROKERS", "localhost:1",
                        "WADI_HTTP_HOST", "localhost",
                        "WADI_HTTP_PORT", "2",
                        "WADI_MANAGEMENT_HOST", "localhost",
                        "WADI_MANAGEMENT_PORT", "9876",
                        "WADI_HDFS_URI", "hdfs://localhost:8020",
                        "WADI_ELASTICSEARCH_HOSTS", "localhost:9200"));
    }
}
