package io.wadi;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.extension.connectors.database.DatabaseComponent;
import io.wadi.extension.connectors.files.LinesComponent;
import io.wadi.extension.connectors.source.FeedComponent;
import io.wadi.extension.connectors.source.Sources;
import io.wadi.kafka.KafkaClients;
import io.wadi.kafka.deadletter.DeadLetters;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.Patience;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.camel.Component;
import org.apache.camel.spi.Registry;

/** Puts the ends together: files and databases. */
final class EndsParts {
    private final Settings settings;

    EndsParts(Settings settings) {
        this.settings = settings;
    }

    /** Binds the components that the templates of ends name. */
    void bind(Registry registry, KafkaClients kafka, DeadLetters deadLetters, Patience patience, MeterRegistry meters) {
        Sources sources = new Sources(kafka, get(WadiSettings.POSITIONS_TOPIC), patience, meters);
        registry.bind("lines", Component.class, new LinesComponent(deadLetters, sources, machine()));
        registry.bind("feed", Component.class, new FeedComponent(deadLetters));
        registry.bind(
                "database",
                Component.class,
                new DatabaseComponent(deadLetters, sources, get(WadiSettings.DATABASE_ANSWER_WITHIN)));
    }

    /** Whose files are read: another machine's are others. */
    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }
}
