package io.wadi.runtime.reload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteDefinitionHelper;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.RoutesDefinition;
import org.apache.camel.model.TemplatedRouteDefinition;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries a change out before anything stops: on the context itself with its beans and components, without a step of it running,
 * and nothing of it stays. Not thread-safe.
 */
final class RouteTrial {
    private static final Logger LOG = LoggerFactory.getLogger(RouteTrial.class);

    private static final Set<String> ANY_METHOD = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

    private final ModelCamelContext context;
    private final RouteLoader loader;
    private final RouteMistakes said;
    /** Those of the change that have been tried, and would be there beside the others of it. */
    private final List<RouteDefinition> tried = new ArrayList<>();

    private final Map<String, PlatformHttpEndpoint> inputs = new LinkedHashMap<>();

    RouteTrial(ModelCamelContext context, RouteLoader loader, RouteMistakes said) {
        this.context = context;
        this.loader = loader;
        this.said = said;
    }

    /**
     * Tries it.
     *
     * @throws RejectedChangeException with all mistakes in it
     */
    void run(RouteChange change) throws RejectedChangeException {
        List<String> mistakes = new ArrayList<>();
        tried.clear();
        inputs.clear();
        try {
            loader.replaceShared(change);
            for (RouteFileEntry item : change.comingRoutes()) {
                tryOut(change, item, mistakes);
            }
        } catch (Exception e) {
            mistakes.add(said.of(change.coming(), e));
        } finally {
            restoreConfigurations(change);
        }
        if (!mistakes.isEmpty()) {
            throw new RejectedChangeException(mistakes);
        }
    }

    private void restoreConfigurations(RouteChange change) {
        try {
            loader.replaceShared(change.back());
        } catch (Exception e) {
            // They were loaded from the same text before.
            throw new IllegalStateException("Route configurations cannot be put back", e);
        }
    }

    private void tryOut(RouteChange change, RouteFileEntry item, List<String> mistakes) {
        Set<Endpoint> before = Set.copyOf(context.getEndpoints());
        try {
            for (RouteBuilder builder : loader.load(change.after(), item.file(), List.of(item))) {
                for (RouteDefinition route : builder.configureRoutes(context).getRoutes()) {
                    tryOut(change, route);
                }
                for (TemplatedRouteDefinition route :
                        builder.getTemplatedRouteCollection().getTemplatedRoutes()) {
                    tryOut(change, route);
                }
            }
            mistakes.addAll(change.lost().getOrDefault(item, List.of()));
        } catch (Exception e) {
            LOG.debug("Refused", e);
            mistakes.add(said.of(List.of(item), e));
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

    /** As Camel makes it of its template, but for adding it. */
    private void tryOut(RouteChange change, TemplatedRouteDefinition given) {
        RouteTemplateDefinition template = context.getRouteTemplateDefinition(given.getRouteTemplateRef());
        Properties parameters = new Properties();
        template.getTemplateParameters().stream()
                .filter(each -> each.getDefaultValue() != null)
                .forEach(each -> parameters.put(each.getName(), each.getDefaultValue()));
        given.getParameters().forEach(each -> parameters.put(each.getName(), each.getValue()));
        RouteDefinition route = template.asRouteDefinition();
        route.setId(given.getRouteId());
        RoutesDefinition routes = new RoutesDefinition();
        routes.setCamelContext(context);
        routes.prepareRoute(route);
        context.getPropertiesComponent().setLocalProperties(parameters);
        try {
            tryOut(change, route);
        } finally {
            context.getPropertiesComponent().setLocalProperties(null);
        }
    }

    private void tryOut(RouteChange change, RouteDefinition route) {
        Set<String> replaced =
                change.leavingRoutes().stream().map(RouteFileEntry::id).collect(Collectors.toSet());
        List<RouteDefinition> others = context.getRouteDefinitions().stream()
                .filter(each -> !replaced.contains(each.getRouteId()))
                .collect(Collectors.toCollection(ArrayList::new));
        others.addAll(tried);
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
            inputs.put(route.getRouteId(), http);
        }
        tried.add(route);
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
        Map<String, PlatformHttpEndpoint> others = new LinkedHashMap<>(inputs);
        for (Route route : context.getRoutes()) {
            if (!replaced.contains(route.getRouteId()) && route.getEndpoint() instanceof PlatformHttpEndpoint input) {
                others.put(route.getRouteId(), input);
            }
        }
        others.forEach((route, taken) -> {
            if (taken.getComponent() == endpoint.getComponent()
                    && taken.getPath().equals(endpoint.getPath())
                    && !Collections.disjoint(methods(taken), methods(endpoint))) {
                throw new IllegalArgumentException(
                        "the path %s is that of the route %s".formatted(endpoint.getPath(), route));
            }
        });
    }

    private static Set<String> methods(PlatformHttpEndpoint endpoint) {
        String restricted = endpoint.getHttpMethodRestrict();
        return restricted == null
                ? ANY_METHOD
                : Set.of(restricted.toUpperCase(Locale.ROOT).split(" *, *", -1));
    }
}
