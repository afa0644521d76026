package io.wadi;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.deadletter.DeadLetters;
import io.wadi.kafka.streams.StreamsComponent;
import io.wadi.kafka.streams.StreamsFlow;
import io.wadi.kafka.streams.TableRoutes;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.Patience;
import io.wadi.runtime.reload.Asked;
import io.wadi.runtime.reload.LiveFiles;
import io.wadi.streams.DeclaredFlow;
import io.wadi.streams.LiveStreams;
import io.wadi.streams.StreamsFiles;
import io.wadi.streams.StreamsRoutes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.Registry;

/** Puts together what runs on Kafka Streams: the flows of routes, and the files of {@code streams/}. */
final class StreamsParts {
    private final Settings settings;
    private final StreamsFiles files;
    private final List<String> wanted;
    /** Null where files do not change while they run. */
    private LiveFiles liveFiles;

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

    /** Binds the component {@code streams:}, with these flows, and the routes of the files that are run, and where routes may change looks for changes. */
    void bind(
            ModelCamelContext context,
            KafkaClients kafka,
            DeadLetters letters,
            Map<String, StreamsFlow> flows,
            Patience patience,
            ControlParts control,
            MeterRegistry meters) {
        Registry registry = context.getRegistry();
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
                "table-routes", RoutesBuilder.class, new TableRoutes(component.tables(), OpsParts.masking(settings)));
        if (get(WadiSettings.STREAMS_RUN).isEmpty()) {
            return;
        }
        LiveStreams live = new LiveStreams(
                context,
                component,
                files,
                letters,
                new LiveStreams.Options(
                        get(WadiSettings.STREAMS_RUN),
                        get(WadiSettings.STOP_PHASE_WITHIN),
                        kafka::adminProperties,
                        asked(control.asked())));
        registry.bind(
                "streams-routes",
                RoutesBuilder.class,
                new StreamsRoutes(camel -> begun(component, live, letters, camel)));
        if (get(WadiSettings.ROUTES_LIVE)) {
            watch(context, live, control.changing(), meters);
        }
    }

    private List<DeclaredFlow> begun(
            StreamsComponent component, LiveStreams live, DeadLetters letters, CamelContext camel) {
        Map<String, String> texts = files.texts(wanted);
        List<DeclaredFlow> flows = files.read(texts, camel, letters);
        flows.forEach(flow -> component.add(flow.name(), flow.flow()));
        live.begun(texts, flows);
        return flows;
    }

    private static LiveStreams.Asked asked(Asked asked) {
        return new LiveStreams.Asked() {
            @Override
            public boolean isToStart(String route) {
                return asked.isToStart(route);
            }

            @Override
            public void hasCome(String route) throws Exception {
                asked.hasCome(route);
            }
        };
    }

    private void watch(CamelContext context, LiveStreams live, Lock changing, MeterRegistry meters) {
        LiveFiles looking = new LiveFiles(
                new LiveFiles.Options(
                        "*.yaml",
                        "streams files",
                        "wadi.streams.changes",
                        "wadi.streams.refused",
                        get(WadiSettings.ROUTES_LOOK_EVERY),
                        get(WadiSettings.STOP_PHASE_WITHIN)),
                live::take,
                changing,
                meters);
        looking.begin(Path.of(get(WadiSettings.STREAMS_DIRECTORY)));
        try {
            context.addStartupListener((started, alreadyStarted) -> looking.start());
        } catch (Exception e) {
            throw new IllegalStateException("a listener that is told later cannot fail now", e);
        }
        liveFiles = looking;
    }

    /** No file is taken over any more from now on. */
    void keepFiles() throws InterruptedException {
        if (liveFiles != null) {
            liveFiles.close();
        }
    }

    /**
     * Reads files, whether they run or not.
     *
     * @param asked their names, as in the setting
     * @throws SettingsException with all mistakes in them, or where there is none of a name
     */
    List<DeclaredFlow> read(String asked, CamelContext camel, DeadLetters letters) {
        return files.read(files.texts(files.wanted("streams", asked)), camel, letters);
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }
}
