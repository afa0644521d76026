package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WadiStopTest {
    @TempDir
    private Path configuration;

    @Test
    void stopAbandonedBeforeTheSettingsAreRead_isIncomplete() {
        Wadi wadi = new Wadi(configuration, Map.of());
        assertThat(wadi.isDrained()).isTrue();

        wadi.abandonStop("closing did not end", Duration.ofSeconds(30));

        assertThat(wadi.isDrained()).isFalse();
    }

    @Test
    void startWithAnInvalidConfiguration_leavesNoThread() throws Exception {
        Files.write(
                configuration.resolve("application.properties"),
                List.of("wadi.elasticsearch.user=wadi", "wadi.telemetry.traces-endpoint=http://localhost:1/v1/traces"));
        Set<Thread> before = Thread.getAllStackTraces().keySet();

        Wadi wadi = new Wadi(configuration, Map.of());
        try {
            assertThatThrownBy(wadi::start)
                    .satisfies(e -> assertThat(wadi.notStarted((Exception) e).getMessage())
                            .contains("wadi.elasticsearch.password is empty"));
        } finally {
            wadi.close();
        }

        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> !before.contains(thread))
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("wadi-hdfs-") || name.startsWith("BatchSpanProcessor")));
    }
}
