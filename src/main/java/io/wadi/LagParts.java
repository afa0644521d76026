package io.wadi;

import io.wadi.kafka.client.KafkaClients;
import io.wadi.management.lag.LagRoutes;
import io.wadi.management.lag.LagWatch;
import io.wadi.management.lag.Verdicts;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import java.time.Duration;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.spi.Registry;

/** The watch over the lag of all groups, and its HTTP. */
final class LagParts implements AutoCloseable {
    private final Settings settings;
    private final LagWatch watch;

    /** Connects to nothing. */
    LagParts(Settings settings, KafkaClients kafka) {
        this.settings = settings;
        this.watch = watch(settings, kafka, settings.get(WadiSettings.LAG_EVERY));
    }

    /** A watch of its own that looks as often as this. */
    static LagWatch watch(Settings settings, KafkaClients kafka, Duration every) {
        return new LagWatch(
                new LagWatch.Options(
                        every,
                        new Verdicts.Rules(
                                settings.get(WadiSettings.LAG_ALLOWED),
                                settings.get(WadiSettings.LAG_FEWEST_COMMITS).intValue()),
                        settings.get(WadiSettings.LAG_MOST_GROUPS).intValue(),
                        settings.get(WadiSettings.LAG_MOST_PARTITIONS).intValue()),
                kafka::adminProperties,
                () -> kafka.observerProperties("none"));
    }

    /** Binds what answers on the management port. */
    void bind(Registry registry) {
        if (get(WadiSettings.LAG_ENABLED)) {
            registry.bind(
                    "lag-routes",
                    RoutesBuilder.class,
                    new LagRoutes(watch, get(WadiSettings.LAG_CLUSTER), get(WadiSettings.KAFKA_BROKERS)));
        }
    }

    /** The last look in short; see {@link LagWatch#summary}. */
    Object summary() {
        return watch.summary();
    }

    /** The looks of the last hour. */
    Object history() {
        return watch.history();
    }

    /** Begins to watch, once. */
    void start() {
        if (get(WadiSettings.LAG_ENABLED)) {
            watch.start();
        }
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }

    @Override
    public void close() {
        watch.close();
    }
}
