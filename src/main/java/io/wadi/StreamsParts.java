package io.wadi;

import io.wadi.config.Setting;
import io.wadi.config.Settings;
import io.wadi.config.SettingsException;
import io.wadi.config.WadiSettings;
import io.wadi.health.Patience;
import io.wadi.kafka.DeadLetters;
import io.wadi.kafka.KafkaClients;
import io.wadi.kafka.Topic;
import io.wadi.kafka.Topics;
import io.wadi.streams.StreamsComponent;
import io.wadi.streams.StreamsFlow;
import io.wadi.streams.TableRoutes;
import io.wadi.streams.declared.DeclaredFlow;
import io.wadi.streams.declared.StreamsFiles;
import io.wadi.streams.declared.StreamsRoutes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.spi.Registry;

/** Puts together what runs on Kafka Streams: the flows of routes, and the files of {@code streams/}. */
final class StreamsParts {
    private final Settings settings;
    private final StreamsFiles files;
    private final List<String> wanted;

    /**
     * Looks which files there are; reads none yet.
     *
     * @throws SettingsException where a file is to be run that is not there
     */
    StreamsParts(Settings settings, Topics topics) {
        this.settings = settings;
        files = new StreamsFiles(
                Path.of(get(WadiSettings.STREAMS_DIRECTORY)),
                topic -> topics.find(topic).map(Topic::partitions));
        wanted = files.wanted(WadiSettings.STREAMS_RUN.name(), get(WadiSettings.STREAMS_RUN));
    }

    /** Binds the component {@code streams:}, with these flows, and the routes of the files that are run. */
    void bind(
            Registry registry,
            KafkaClients kafka,
            DeadLetters letters,
            Map<String, StreamsFlow> flows,
            Patience patience) {
        StreamsComponent component = new StreamsComponent(
                kafka,
                flows,
                new StreamsComponent.Options(
                        get(WadiSettings.STREAMS_STATE_DIRECTORY),
                        get(WadiSettings.STREAMS_ADVERTISED),
                        patience,
                        get(WadiSettings.HEALTH_STALLED_AFTER)));
        registry.bind("streams", Component.class, component);
        registry.bind(
                "table-routes",
                RoutesBuilder.class,
                new TableRoutes(component.tables(), OpsParts.masked(settings)));
        if (!wanted.isEmpty()) {
            registry.bind(
                    "streams-routes",
                    RoutesBuilder.class,
                    new StreamsRoutes(camel -> added(component, files.read(wanted, camel, letters))));
        }
    }

    private static List<DeclaredFlow> added(StreamsComponent component, List<DeclaredFlow> flows) {
        flows.forEach(flow -> component.add(flow.name(), flow.flow()));
        return flows;
    }

    /**
     * Reads files, whether they run or not.
     *
     * @param asked their names, as in the setting
     * @throws SettingsException with all mistakes in them, or where there is none of a name
     */
    List<DeclaredFlow> read(String asked, CamelContext camel, DeadLetters letters) {
        return files.read(files.wanted("streams", asked), camel, letters);
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }
}
