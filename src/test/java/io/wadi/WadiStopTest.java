package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WadiStopTest {
    @Test
    void stopAbandonedBeforeTheSettingsAreRead_isIncomplete(@TempDir Path configuration) {
        Wadi wadi = new Wadi(configuration, Map.of());
        assertThat(wadi.isDrained()).isTrue();

        wadi.abandonStop("closing did not end", Duration.ofSeconds(30));

        assertThat(wadi.isDrained()).isFalse();
    }
}
