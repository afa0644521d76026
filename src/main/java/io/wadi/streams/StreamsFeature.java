package io.wadi.streams;

import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.streams.StreamsComponent;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.reload.LiveFiles;
import io.wadi.runtime.reload.RouteTargetState;
import io.wadi.streams.topology.DeclaredFlow;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;

/** Declared topologies: the routes of the files of {@code streams/} that are run, and where routes may change, a look for changes. */
public final class StreamsFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return StreamsSettings.ALL;
    }

    /**
     * Looks which files there are; reads none yet.
     *
     * @throws SettingsException where a file is to be run that is not there
     */
    @Override
    public void bind(FeatureContext context) {
        StreamsFiles files = files(context.settings(), context.topics());
        String run = context.get(StreamsSettings.FILES);
        List<String> wanted = files.wanted(StreamsSettings.FILES.name(), run);
        if (run.isEmpty()) {
            return;
        }
        Supplier<StreamsComponent> component = context.provided(StreamsComponent.class);
        LiveStreams live = new LiveStreams(
                context.camel(),
                component,
                files,
                context.deadLetters(),
                new LiveStreams.Options(
                        run,
                        context.get(WadiSettings.STOP_PHASE_TIMEOUT),
                        context.kafka()::adminProperties,
                        context.provided(RouteTargetState.class)));
        context.bind("streams-routes", new StreamsRoutes(camel -> {
            Map<String, String> texts = files.texts(wanted);
            List<DeclaredFlow> flows = files.read(texts, camel, context.deadLetters());
            flows.forEach(flow -> component.get().add(flow.name(), flow.flow()));
            live.begun(texts, flows);
            return flows;
        }));
        if (context.get(WadiSettings.RELOAD_ENABLED)) {
            watch(context, live);
        }
    }

    private static StreamsFiles files(Settings settings, Topics topics) {
        return new StreamsFiles(
                Path.of(settings.get(StreamsSettings.DIRECTORY)),
                topic -> topics.find(topic).map(Topic::partitions));
    }

    private static void watch(FeatureContext context, LiveStreams live) {
        LiveFiles looking = new LiveFiles(
                new LiveFiles.Options(
                        "*.yaml",
                        "streams files",
                        "wadi.streams.changes",
                        "wadi.streams.rejected",
                        context.get(WadiSettings.RELOAD_INTERVAL),
                        context.get(WadiSettings.STOP_PHASE_TIMEOUT)),
                live::take,
                context.routeChanges(),
                context.meters());
        looking.begin(Path.of(context.get(StreamsSettings.DIRECTORY)));
        try {
            context.camel().addStartupListener((started, alreadyStarted) -> looking.start());
        } catch (Exception e) {
            throw new IllegalStateException("a listener that is told later cannot fail now", e);
        }
        context.beforeStop(looking::close);
    }

    /**
     * Reads files, whether they run or not.
     *
     * @param asked their names, as in the setting
     * @throws SettingsException with all mistakes in them, or where there is none of a name
     */
    public static List<DeclaredFlow> read(
            String asked, Settings settings, Topics topics, CamelContext camel, DeadLetterSender letters) {
        StreamsFiles files = files(settings, topics);
        return files.read(files.texts(files.wanted("streams", asked)), camel, letters);
    }
}
