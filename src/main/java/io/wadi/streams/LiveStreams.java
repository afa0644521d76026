package io.wadi.streams;

import io.wadi.kafka.Causes;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.streams.StreamsComponent;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.health.FatalErrors;
import io.wadi.runtime.health.MissingRoutes;
import io.wadi.runtime.reload.RejectedChangeException;
import io.wadi.runtime.reload.RouteRemoval;
import io.wadi.runtime.reload.RouteTargetState;
import io.wadi.streams.topology.DeclaredFlow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.model.ModelCamelContext;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Hot reload of the files of {@code streams/}. The application of a changed file is stopped gracefully, so that its
 * transaction is committed, and started with the new content and the existing state. A change with which state would be
 * misread or orphaned is rejected.
 */
public final class LiveStreams implements MissingRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(LiveStreams.class);

    private final ModelCamelContext context;
    private final Supplier<StreamsComponent> component;
    private final StreamsFiles files;
    private final DeadLetterSender deadLetters;
    private final Options options;
    /** The running applications by file name. */
    private final Map<String, Running> running = new TreeMap<>();
    /** The files for which the application could be started neither with the new content nor with the previous one. */
    private final Set<String> stopped = ConcurrentHashMap.newKeySet();

    /**
     * Options of hot reload.
     *
     * @param selection the value of {@code wadi.streams.files}
     * @param stopTimeout the maximum time in which a route stops
     * @param adminSettings the settings of the admin client that checks preconditions
     * @param target the requested states of routes
     */
    public record Options(
            String selection,
            Duration stopTimeout,
            Supplier<Properties> adminSettings,
            Supplier<RouteTargetState> target) {}

    private record Running(List<?> content, DeclaredFlow flow) {}

    public LiveStreams(
            ModelCamelContext context,
            Supplier<StreamsComponent> component,
            StreamsFiles files,
            DeadLetterSender deadLetters,
            Options options) {
        this.context = context;
        this.component = component;
        this.files = files;
        this.deadLetters = deadLetters;
        this.options = options;
    }

    /** Sets the applications that Wadi starts with. Called once, before {@link #apply}. */
    public synchronized void setStarted(Map<String, String> texts, List<DeclaredFlow> flows) {
        running.putAll(running(texts, flows));
        setRunning(running);
    }

    private void setRunning(Map<String, Running> flows) {
        files.setRunning(flows.values().stream().map(Running::flow).toList());
    }

    @Override
    public Collection<String> missingRoutes() {
        return stopped.stream().map(name -> "streams-" + name).toList();
    }

    private static Map<String, Running> running(Map<String, String> texts, List<DeclaredFlow> flows) {
        return flows.stream()
                .collect(Collectors.toMap(
                        DeclaredFlow::name, flow -> new Running(content(texts.get(flow.name())), flow)));
    }

    /**
     * Returns the content of a valid file without layout and comments. The order of fields is significant, since an
     * aggregation's state depends on it. Scalars are compared as texts, as they are parsed.
     */
    static List<?> content(String yaml) {
        return new Compose(LoadSettings.builder().build())
                .composeString(yaml)
                .map(LiveStreams::content)
                .orElseThrow();
    }

    private static List<?> content(Node node) {
        if (node instanceof MappingNode mapping) {
            return mapping.getValue().stream()
                    .map(field -> List.of(content(field.getKeyNode()), content(field.getValueNode())))
                    .toList();
        }
        return node instanceof SequenceNode list
                ? list.getValue().stream().map(LiveStreams::content).toList()
                : List.of(node.getTag().getValue(), ((ScalarNode) node).getValue());
    }

    /**
     * Applies saved files. All are checked before the first application is stopped: if one is invalid, none is applied.
     *
     * @param saved the content of each file in the directory, by name with extension
     * @return the changes, for the user interface; empty if there are none
     * @throws SettingsException with the mistakes; the running applications are unchanged
     * @throws RejectedChangeException if an application failed to start after others were replaced, or is now stopped.
     *     The exception reports this, and the next call applies the remaining changes
     */
    public synchronized Optional<String> apply(Map<String, String> saved)
            throws RejectedChangeException, InterruptedException {
        Map<String, String> texts = StreamsFiles.selected(saved, options.selection());
        Map<String, Running> after = running(texts, files.read(texts, List.of(), context, deadLetters));
        Set<String> changed = new LinkedHashSet<>();
        Set<String> formerNames = after.keySet().stream()
                .flatMap(name -> former(name, after).stream())
                .collect(Collectors.toSet());
        running.forEach((name, before) -> {
            boolean isRemoved = !after.containsKey(name) && !formerNames.contains(name);
            if (isRemoved
                    || (after.containsKey(name) && !after.get(name).content().equals(before.content()))) {
                changed.add(name);
            }
        });
        after.keySet().stream().filter(name -> !running.containsKey(name)).forEach(changed::add);
        stopped.retainAll(after.keySet());
        if (changed.isEmpty()) {
            return Optional.empty();
        }
        setRunning(after);
        try {
            check(changed, after);
            return Optional.of(String.join(", ", changeAll(changed, after)));
        } finally {
            setRunning(running);
        }
    }

    private List<String> changeAll(Set<String> changed, Map<String, Running> after)
            throws RejectedChangeException, InterruptedException {
        List<String> done = new ArrayList<>();
        for (String name : changed) {
            String change = name + change(name, after);
            try {
                change(name, former(name, after), Optional.ofNullable(after.get(name)));
            } catch (SettingsException e) {
                throwIfApplied(done, name, e);
                throw e;
            }
            done.add(change);
        }
        return done;
    }

    private void throwIfApplied(List<String> done, String name, SettingsException failure)
            throws RejectedChangeException {
        List<String> effects = new ArrayList<>(done);
        if (stopped.contains(name)) {
            effects.add(name + " stopped");
        }
        if (!effects.isEmpty()) {
            throw new RejectedChangeException(
                    "%s; the other applications are unchanged until a file is saved again"
                            .formatted(String.join(", ", effects)),
                    failure.mistakes());
        }
    }

    private String change(String name, Map<String, Running> after) {
        if (!after.containsKey(name)) {
            return " removed";
        }
        return former(name, after)
                .map(former -> former.equals(name) ? " changed" : " renamed from " + former)
                .orElse(" added");
    }

    private void check(Set<String> changed, Map<String, Running> after) throws InterruptedException {
        List<String> mistakes = new ArrayList<>();
        for (String name : changed) {
            if (!after.containsKey(name)) {
                continue;
            }
            former(name, after).ifPresent(former -> {
                DeclaredFlow flow = after.get(name).flow();
                List<String> differences =
                        flow.mistakesAfter(running.get(former).flow());
                mistakes.addAll(differences);
                if (!differences.isEmpty()) {
                    mistakes.add(flow.wayOut());
                }
            });
            if (!running.containsKey(name)
                    && !stopped.contains(name)
                    && component.get().has(name)) {
                mistakes.add("streams/%s.yaml: the name is that of one of Wadi's own topologies: rename the file"
                        .formatted(name));
            } else if (former(name, after).isEmpty()) {
                renaming(after.get(name), after.keySet()).ifPresent(mistakes::add);
            }
        }
        if (mistakes.isEmpty()) {
            checkPreconditions(changed, after, mistakes);
        }
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
    }

    /**
     * Describes the mistake if a new file has the content of a removed one: as a new application, it would process all
     * records again.
     */
    private Optional<String> renaming(Running added, Set<String> names) {
        return running.values().stream()
                .filter(each ->
                        !names.contains(each.flow().name()) && each.content().equals(added.content()))
                .findFirst()
                .map(each ->
                        "streams/%s.yaml: has the content of the removed streams/%s.yaml, but its application %s would begin with the first records: set application: %s"
                                .formatted(
                                        added.flow().name(),
                                        each.flow().name(),
                                        added.flow().application(),
                                        each.flow().application()));
    }

    /**
     * Returns the name of the running flow with the state that a new flow continues: that of the same file, or that of
     * the same application if the file was renamed.
     */
    private Optional<String> former(String name, Map<String, Running> after) {
        if (running.containsKey(name)) {
            return Optional.of(name);
        }
        return Optional.ofNullable(after.get(name))
                .map(each -> each.flow().application())
                .flatMap(application -> running.entrySet().stream()
                        .filter(each -> each.getValue().flow().application().equals(application))
                        .map(Map.Entry::getKey)
                        .findFirst());
    }

    /**
     * Checks the preconditions of changed applications before any application is stopped, since a changed one would
     * wait for its precondition. New applications may wait, as at a start, unless their ids do not fit in the heap:
     * then the others would not start again either.
     */
    private void checkPreconditions(Set<String> changed, Map<String, Running> after, List<String> mistakes)
            throws InterruptedException {
        try (Admin admin = Admin.create(options.adminSettings().get())) {
            for (String name : changed) {
                if (former(name, after).isPresent() && after.containsKey(name)) {
                    after.get(name).flow().flow().precondition().obstacle(admin).ifPresent(mistakes::add);
                } else if (after.containsKey(name)) {
                    after.get(name).flow().memoryObstacle(admin).ifPresent(mistakes::add);
                }
            }
        } catch (KafkaException e) {
            mistakes.add("Checking the change with Kafka failed: %s; save the file again once Kafka responds"
                    .formatted(Causes.inShort(Causes.innermost(e))));
        }
    }

    private void change(String name, Optional<String> former, Optional<Running> after) throws InterruptedException {
        Optional<Running> before = former.map(running::get);
        try {
            replace(before, after);
            former.ifPresent(running::remove);
            after.ifPresent(started -> running.put(name, started));
            stopped.remove(name);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | Error e) {
            FatalErrors.endOn(e);
            rollBack(name, former, after, e);
        }
    }

    private void rollBack(String name, Optional<String> former, Optional<Running> after, Throwable why)
            throws InterruptedException {
        Optional<Running> before = former.map(running::get);
        String failure = "streams/%s.yaml: replacing its application failed: %s"
                .formatted(name, Causes.inShort(Causes.innermost(why)));
        try {
            replace(/* before= */ after, /* after= */ before);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | Error e) {
            FatalErrors.endOn(e);
            LOG.error("Route streams-{} stopped: save its file again or restart Wadi", name, e);
            for (Running each : Stream.concat(before.stream(), after.stream()).toList()) {
                discard(each.flow());
            }
            former.ifPresent(running::remove);
            stopped.add(name);
        }
        throw new SettingsException(List.of(failure));
    }

    /** Removes the remains of an application, so that it can be added again. */
    private void discard(DeclaredFlow flow) throws InterruptedException {
        try {
            stop(flow);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | Error e) {
            FatalErrors.endOn(e);
            LOG.debug("Removing route {} failed", flow.route(), e);
        } finally {
            component.get().remove(flow.name());
        }
    }

    private void replace(Optional<Running> before, Optional<Running> after) throws Exception {
        if (before.isPresent()) {
            stop(before.get().flow());
        }
        if (after.isPresent()) {
            start(after.get().flow());
        }
    }

    private void stop(DeclaredFlow flow) throws Exception {
        String route = flow.route();
        if (context.getRoute(route) != null) {
            context.getRouteController().stopRoute(route, options.stopTimeout().toMillis(), TimeUnit.MILLISECONDS);
        }
        RouteRemoval.remove(context, route);
        component.get().remove(flow.name());
    }

    private void start(DeclaredFlow flow) throws Exception {
        RouteTargetState target = options.target().get();
        component.get().add(flow.name(), flow.flow());
        context.addRoutes(new StreamsRoutes(camel -> List.of(flow), target::isToStart));
        target.applyTo(flow.route());
    }
}
