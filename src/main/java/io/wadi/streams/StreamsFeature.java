package io.wadi.streams;

import io.wadi.kafka.streams.StreamsComponent;
import io.wadi.kafka.topics.Topic;
import io.wadi.runtime.ConfigurationFiles;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.reload.RouteTargetState;
import io.wadi.runtime.reload.WatchedFiles;
import io.wadi.streams.topology.DeclaredFlow;
import io.wadi.streams.topology.StateHistory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Declared topologies: a route for each selected file of {@code streams/}, and their hot reload. */
public final class StreamsFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return StreamsSettings.ALL;
    }

    /**
     * Lists the files, without reading them.
     *
     * @throws SettingsException if a selected file does not exist
     */
    @Override
    public void bind(FeatureContext context) {
        StreamsFiles files = new StreamsFiles(
                Path.of(context.get(StreamsSettings.DIRECTORY)),
                topic -> context.topics().find(topic).map(Topic::partitions),
                context.settings().consumerGroups(),
                new StateHistory(context.kafka()::readerProperties, context.kafka()::producerWithin));
        String run = context.get(StreamsSettings.FILES);
        List<String> selected = files.selected(StreamsSettings.FILES.name(), run);
        if (run.isEmpty()) {
            return;
        }
        ConfigurationFiles.warnOfOthers(Path.of(context.get(StreamsSettings.DIRECTORY)), StreamsFiles.EXTENSION);
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
        context.bind(
                "streams-routes",
                new StreamsRoutes(
                        camel -> {
                            List<String> unreadable = new ArrayList<>();
                            Map<String, String> texts = files.texts(selected, unreadable);
                            List<DeclaredFlow> flows = files.read(texts, unreadable, camel, context.deadLetters());
                            flows.forEach(flow -> component.get().add(flow.name(), flow.flow()));
                            live.setStarted(texts, flows);
                            return flows;
                        },
                        route -> true));
        if (context.get(WadiSettings.RELOAD_ENABLED)) {
            context.bindBean("wadi-live-streams", live);
            watch(context, live);
        }
    }

    private static void watch(FeatureContext context, LiveStreams live) {
        WatchedFiles watcher = new WatchedFiles(
                new WatchedFiles.Options(
                        "*.yaml",
                        "streams files",
                        "wadi.streams.changes",
                        "wadi.streams.rejected",
                        context.get(WadiSettings.RELOAD_INTERVAL),
                        context.get(WadiSettings.STOP_PHASE_TIMEOUT)),
                live::apply,
                context.routeChanges(),
                context.meters());
        watcher.begin(Path.of(context.get(StreamsSettings.DIRECTORY)));
        try {
            context.camel().addStartupListener((started, alreadyStarted) -> watcher.start());
        } catch (Exception e) {
            throw new IllegalStateException("Adding a startup listener failed", e);
        }
        context.beforeStop(watcher::close);
    }
}
