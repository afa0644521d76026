package io.wadi.metrics.alerts.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertsFeatureTest {
    /** A rejected document would become a dead letter again without end. */
    @Test
    void outputAsInput_isRejected() {
        String reason = ": expected a topic that is not an input (wadi.alerts.topics)";

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> AlertsFeature.checkOutputs(
                        List.of("metric.cpu", "wadi.dead-letter", "metric.alerts"), Setting::defaultText))
                .satisfies(refused -> assertThat(refused.mistakes())
                        .containsExactly(
                                "wadi.alerts.topic=metric.alerts" + reason,
                                "wadi.dead-letters.topic=wadi.dead-letter" + reason));
    }
}
