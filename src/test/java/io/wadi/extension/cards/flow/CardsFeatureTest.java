package io.wadi.extension.cards.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.extension.cards.CardsSettings;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Settings with which the topology would read its own output. */
class CardsFeatureTest {
    @Test
    void inputAsOutput_isRejected() {
        Set<Setting<String>> outputs = Set.of(CardsSettings.DECISIONS_TOPIC, WadiSettings.DEAD_LETTERS_TOPIC);
        String reason = "=card.payments: expected a topic that is not an input (wadi.cards.topic)";

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> CardsFeature.checkTopics(
                        setting -> outputs.contains(setting) ? "card.payments" : setting.defaultText()))
                .satisfies(refused -> assertThat(refused.mistakes())
                        .containsExactly("wadi.cards.decisions-topic" + reason, "wadi.dead-letters.topic" + reason));
    }

    @Test
    void defaults_areAccepted() {
        CardsFeature.checkTopics(Setting::defaultText);
    }
}
