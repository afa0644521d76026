package io.wadi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import org.junit.jupiter.api.Test;

/** Settings with which the route would read its own output. */
class MetricsFeatureTest {
    @Test
    void inputAsOutput_isRejected() {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> MetricsFeature.checkTopics(
                        setting -> setting.equals(MetricsSettings.OTHER_TOPIC) ? "metric.all" : setting.defaultText()))
                .satisfies(refused -> assertThat(refused.mistakes())
                        .containsExactly("wadi.metrics.other-topic=metric.all: expected another topic than"
                                + " wadi.metrics.topic, which the route reads"));
    }

    @Test
    void defaults_areAccepted() {
        MetricsFeature.checkTopics(Setting::defaultText);
    }
}
