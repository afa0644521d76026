package io.wadi.reload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteDefinitionHelper;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * Takes a change over in a running context. It is tried first, on the context itself with its beans and components, without a
 * step of it running; then the routes that leave stop in order and those that come take their place. Where one of these does not
 * start, all is put back. Not thread-safe.
 */
final class RouteSwap {
    private static final Logger LOG = LoggerFactory.getLogger(RouteSwap.class);

    private static final Set<String> ANY_METHOD = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

    private final ModelCamelContext context;
    private final Gate gate;
    private final Duration stopWithin;

    RouteSwap(ModelCamelContext context, Gate gate, Duration stopWithin) {
        this.context = context;
        this.gate = gate;
        this.stopWithin = stopWithin;
    }

    /**
     * Takes it over as a whole.
     *
     * @throws Refused where it cannot be: what was before runs, as if nothing had been
     * @throws NotPutBackException where it cannot be, and what was before does not run either
     */
    void apply(Change change) throws Refused, InterruptedException {
        tryOut(change);
        try {
            replace(change);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            LOG.debug("Not replaced", e);
            putBack(change);
            throw new Refused(e instanceof Refused refused ? refused.mistakes() : List.of(Reasons.of(e)));
        }
    }

    /** Brings back what was before; once more, after a {@link NotPutBackException}. */
    void putBack(Change change) throws InterruptedException {
        try {
            replace(change.back());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new NotPutBackException(change.said() + ": " + Reasons.of(e), e);
        }
    }

    /** Flows last: nobody waits for them, and nobody is to wait until they have finished. */
    private void replace(Change change) throws Exception {
        replaceConfigurations(change);
        List<Endpoint> inputs = change.leavingRoutes().stream()
                .filter(item -> !item.readsKafka())
                .map(item -> context.getRoute(item.id()))
                .filter(Objects::nonNull)
                .map(Route::getEndpoint)
                .toList();
        try (Gate.Hold hold = gate.hold(inputs)) {
            Objects.requireNonNull(hold, "held until they are replaced");
            replace(change, item -> !item.readsKafka());
        }
        replace(change, Item::readsKafka);
    }

    private void replace(Change change, Predicate<Item> wanted) throws Exception {
        List<Item> leaving = change.leavingRoutes().stream().filter(wanted).toList();
        for (Item item : leaving) {
            context.getRouteController().stopRoute(item.id(), stopWithin.toMillis(), TimeUnit.MILLISECONDS);
        }
        for (Item item : leaving) {
            context.removeRoute(item.id());
            RouteDefinition left = context.getRouteDefinition(item.id());
            if (left != null) {
                context.removeRouteDefinition(left);
            }
        }
        List<Item> coming = change.comingRoutes().stream().filter(wanted).toList();
        for (String file : filesOf(coming)) {
            add(change, coming.stream().filter(item -> item.file().equals(file)).toList());
        }
    }

    private static List<String> filesOf(List<Item> items) {
        return items.stream().map(Item::file).distinct().toList();
    }

    private void add(Change change, List<Item> items) throws Refused {
        try {
            for (RouteBuilder builder : load(change.after(), items.get(0).file(), items)) {
                builder.addRoutesToCamelContext(context);
            }
        } catch (Exception e) {
            throw new Refused(mistake(items, e));
        }
        for (Item item : items) {
            Route route = context.getRoute(item.id());
            ServiceStatus status = context.getRouteController().getRouteStatus(item.id());
            if (route == null || (route.isAutoStartup() && !status.isStarted())) {
                throw new Refused("%s: the route %s has not started".formatted(item.at(), item.id()));
            }
        }
    }

    private void replaceConfigurations(Change change) throws Exception {
        for (Item item : change.leaving()) {
            if (item.isConfiguration()) {
                RouteConfigurationDefinition old = context.getRouteConfigurationDefinition(item.id());
                if (old != null) {
                    context.removeRouteConfiguration(old);
                }
            }
        }
        List<Item> coming =
                change.coming().stream().filter(Item::isConfiguration).toList();
        for (String file : filesOf(coming)) {
            for (RouteBuilder builder : load(change.after(), file, coming)) {
                ((RouteConfigurationBuilder) builder).addRouteConfigurationsToCamelContext(context);
            }
        }
    }

    private List<RouteBuilder> load(RouteItems items, String file, Collection<Item> wanted) throws Exception {
        Collection<RoutesBuilder> found = PluginHelper.getRoutesLoader(context)
                .findRoutesBuilders(List.of(ResourceHelper.fromString(file, items.textOf(file, wanted))));
        return found.stream().map(RouteBuilder.class::cast).toList();
    }

    // ---- before anything stops

    private void tryOut(Change change) throws Refused {
        List<String> mistakes = new ArrayList<>();
        try {
            replaceConfigurations(change);
            for (Item item : change.comingRoutes()) {
                tryOut(change, item, mistakes);
            }
        } catch (Exception e) {
            mistakes.add(mistake(change.coming(), e));
        } finally {
            restoreConfigurations(change);
        }
        if (!mistakes.isEmpty()) {
            throw new Refused(mistakes);
        }
    }

    private void restoreConfigurations(Change change) {
        try {
            replaceConfigurations(change.back());
        } catch (Exception e) {
            // They were loaded from the same text before.
            throw new IllegalStateException("Route configurations cannot be put back", e);
        }
    }

    private void tryOut(Change change, Item item, List<String> mistakes) {
        Set<Endpoint> before = Set.copyOf(context.getEndpoints());
        try {
            for (RouteBuilder builder : load(change.after(), item.file(), List.of(item))) {
                for (RouteDefinition route : builder.configureRoutes(context).getRoutes()) {
                    tryOut(change, route);
                }
            }
        } catch (Exception e) {
            LOG.debug("Refused", e);
            mistakes.add(mistake(List.of(item), e));
        } finally {
            for (Endpoint endpoint : List.copyOf(context.getEndpoints())) {
                if (!before.contains(endpoint)) {
                    removeEndpoint(endpoint);
                }
            }
        }
    }

    private void removeEndpoint(Endpoint endpoint) {
        try {
            context.removeEndpoint(endpoint);
        } catch (Exception e) {
            LOG.debug("{} is kept", endpoint, e);
        }
    }

    private void tryOut(Change change, RouteDefinition route) {
        Set<String> replaced = change.leavingRoutes().stream().map(Item::id).collect(Collectors.toSet());
        List<RouteDefinition> others = context.getRouteDefinitions().stream()
                .filter(each -> !replaced.contains(each.getRouteId()))
                .collect(Collectors.toCollection(ArrayList::new));
        String twice = RouteDefinitionHelper.validateUniqueIds(route, others);
        if (twice != null) {
            throw new IllegalArgumentException("the id \"" + twice + "\" is that of another step, too");
        }
        Route made = context.getModelReifierFactory().createRoute(context, route);
        if (made != null && made.getEndpoint() instanceof KafkaEndpoint kafka) {
            tryOut(kafka);
        }
        if (made != null && made.getEndpoint() instanceof PlatformHttpEndpoint http) {
            tryOut(http, replaced);
        }
    }

    /** Camel makes the client on a thread of the route, and where that fails again and again. */
    private static void tryOut(KafkaEndpoint endpoint) {
        Properties properties = endpoint.getConfiguration().createConsumerProperties();
        properties.put(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                endpoint.getConfiguration().getBrokers());
        new KafkaConsumer<>(properties).close(Duration.ZERO);
    }

    /** Of two routes with one path the first would have all requests. */
    private void tryOut(PlatformHttpEndpoint endpoint, Set<String> replaced) {
        for (Route other : context.getRoutes()) {
            if (!replaced.contains(other.getRouteId())
                    && other.getEndpoint() instanceof PlatformHttpEndpoint taken
                    && taken.getComponent() == endpoint.getComponent()
                    && taken.getPath().equals(endpoint.getPath())
                    && !Collections.disjoint(methods(taken), methods(endpoint))) {
                throw new IllegalArgumentException(
                        "the path %s is that of the route %s".formatted(endpoint.getPath(), other.getRouteId()));
            }
        }
    }

    private static Set<String> methods(PlatformHttpEndpoint endpoint) {
        String restricted = endpoint.getHttpMethodRestrict();
        return restricted == null
                ? ANY_METHOD
                : Set.of(restricted.toUpperCase(Locale.ROOT).split(" *, *", -1));
    }

    private static String mistake(Collection<Item> items, Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof MarkedYamlEngineException marked
                    && marked.getProblemMark().isPresent()) {
                return "%s:%d: %s"
                        .formatted(
                                items.iterator().next().file(),
                                marked.getProblemMark().get().getLine() + 1,
                                marked.getProblem());
            }
        }
        String reason = Reasons.of(e);
        Item item = items.stream()
                .filter(each -> Reasons.whole(e).contains(each.id()))
                .findFirst()
                .orElse(items.iterator().next());
        return "%s: %s".formatted(item.at(reason), reason);
    }
}
