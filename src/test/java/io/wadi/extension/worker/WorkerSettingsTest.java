package io.wadi.extension.worker;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.runtime.config.SettingsException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.runtime.standalone.StandaloneConfig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerSettingsTest {
    private static void check(String name, String value, String other) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "bootstrap.servers", "localhost:9092",
                "key.converter", "org.apache.kafka.connect.storage.StringConverter",
                "value.converter", "org.apache.kafka.connect.storage.StringConverter",
                "offset.storage.file.filename", "/tmp/offsets"));
        settings.put(name, value);
        settings.put(other, "1");
        WorkerSettings.check(Path.of("worker.properties"), new StandaloneConfig(settings), List.of());
    }

    /** Kafka's own classes read no settings of other names. */
    @ParameterizedTest
    @CsvSource({
        "connector.client.config.override.policy, None",
        "rest.extension.classes, org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension",
        "metric.reporters, org.apache.kafka.common.metrics.JmxReporter",
        "client.id, worker"
    })
    void unknownSetting_besideClassesOfKafka_isRejected(String name, String value) {
        assertThatThrownBy(() -> check(name, value, "offset.flush.intervall.ms"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("did you mean offset.flush.interval.ms?");
    }

    @ParameterizedTest
    @CsvSource({
        "metric.reporters, com.example.Reporter, reporter.url",
        "metric.reporters, 'org.apache.kafka.common.metrics.JmxReporter,com.example.Reporter', reporter.url",
        "connector.client.config.override.policy, Own, own.setting",
        "client.id, worker, metrics.jmx.exclude"
    })
    void settingOfAClass_isAccepted(String name, String value, String other) {
        assertThatCode(() -> check(name, value, other)).doesNotThrowAnyException();
    }
}
