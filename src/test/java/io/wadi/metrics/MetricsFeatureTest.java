package io.wadi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Settings with which the route would read its own output. */
class MetricsFeatureTest {
    @Test
    void inputAsOutput_isRejected() {
        Set<Setting<String>> outputs = Set.of(MetricsSettings.OTHER_TOPIC, WadiSettings.DEAD_LETTERS_TOPIC);
        String reason = "=metric.all: expected a topic that is not an input (wadi.metrics.topic)";

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> MetricsFeature.checkTopics(
                        setting -> outputs.contains(setting) ? "metric.all" : setting.defaultText()))
                .satisfies(refused -> assertThat(refused.mistakes())
                        .containsExactly("wadi.metrics.other-topic" + reason, "wadi.dead-letters.topic" + reason));
    }

    @Test
    void defaults_areAccepted() {
        MetricsFeature.checkTopics(Setting::defaultText);
    }
}
