package io.wadi.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.streams.topology.TopologyDriver;
import io.wadi.testing.LibraryJar;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the topology of {@code examples/stock-alerts} without Kafka. */
class StockAlertsTest {
    private static final Path PROJECT = Path.of("examples", "stock-alerts");

    @TempDir
    private Path classes;

    @Test
    void levels_areRoutedByValue_andLowOnesRepeatedByTheClock() throws Exception {
        LibraryJar.compile(classes, PROJECT.resolve("src/main/java/example/StockAlerts.java"));
        String file = Files.readString(PROJECT.resolve("streams/stock-alerts.yaml"));
        try (URLClassLoader library = new URLClassLoader(
                        new URL[] {classes.toUri().toURL()}, getClass().getClassLoader());
                TopologyDriver streams = TopologyDriver.of(library, file)) {
            streams.send("stock_changes", "tea", "{\"change\":12}", 0)
                    .send("stock_changes", "tea", "{\"change\":-3}", 1)
                    .send("stock_changes", "salt", "{\"change\":30}", 2);

            assertThat(streams.read("stock_levels")).containsExactly("tea={\"stock\":12}", "salt={\"stock\":30}");
            assertThat(streams.read("stock_low")).containsExactly("tea={\"stock\":9}");
            for (int repeated = 0; repeated < 2; repeated++) {
                streams.advance(Duration.ofSeconds(10));
                assertThat(streams.read("stock_low")).containsExactly("tea={\"stock\":9}");
            }

            streams.send("stock_changes", "tea", "{\"change\":1}", 30).advance(Duration.ofSeconds(10));
            assertThat(streams.read("stock_levels")).containsExactly("tea={\"stock\":10}");
            assertThat(streams.read("stock_low")).isEmpty();
        }
    }
}
