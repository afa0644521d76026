package io.wadi.runtime.reload;

import io.wadi.kafka.Intercepted;
import io.wadi.runtime.health.FatalErrors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteDefinitionHelper;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.RoutesDefinition;
import org.apache.camel.model.TemplatedRouteDefinition;
import org.apache.camel.processor.SendProcessor;
import org.apache.camel.support.service.ServiceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries a change out before any route stops: builds the new routes in the running context without starting them, and
 * removes them again. Not thread-safe.
 */
final class RouteTrial {
    private static final Logger LOG = LoggerFactory.getLogger(RouteTrial.class);

    private static final Set<String> ANY_METHOD = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

    private final ModelCamelContext context;
    private final RouteLoader loader;
    private final RouteErrors errors;
    /** The routes of the change that have already passed the trial. */
    private final List<RouteDefinition> tried = new ArrayList<>();

    private final Map<String, PlatformHttpEndpoint> inputs = new LinkedHashMap<>();
    private final TrialThreadPools threadPools = new TrialThreadPools();

    RouteTrial(ModelCamelContext context, RouteLoader loader, RouteErrors errors) {
        this.context = context;
        this.loader = loader;
        this.errors = errors;
        context.addLifecycleStrategy(threadPools);
    }

    /**
     * Tries a change out.
     *
     * @throws RejectedChangeException if the change has errors; it contains all of them
     */
    void run(RouteChange change) throws RejectedChangeException {
        List<String> mistakes = new ArrayList<>();
        tried.clear();
        inputs.clear();
        threadPools.begin();
        try {
            loader.replaceShared(change);
            for (RouteFileEntry item : change.addedRoutes()) {
                tryOut(change, item, mistakes);
            }
        } catch (Exception | Error e) {
            FatalErrors.endOn(e);
            mistakes.add(errors.of(change.added(), e));
        } finally {
            threadPools.end(context);
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
            // Unexpected, since the same text was loaded before.
            throw new IllegalStateException("Route configurations cannot be restored", e);
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
        } catch (Exception | Error e) {
            FatalErrors.endOn(e);
            LOG.debug("Trial of {} failed", item.id(), e);
            mistakes.add(errors.of(List.of(item), e));
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
            LOG.debug("Endpoint {} cannot be removed", endpoint, e);
        }
    }

    /** Builds a templated route as Camel does, but does not add it to the context. */
    private void tryOut(RouteChange change, TemplatedRouteDefinition given) throws Exception {
        RouteTemplateDefinition template = context.getRouteTemplateDefinition(given.getRouteTemplateRef());
        Properties parameters = new Properties();
        // Without parameters, both lists are null.
        Stream.ofNullable(template.getTemplateParameters())
                .flatMap(List::stream)
                .filter(each -> each.getDefaultValue() != null)
                .forEach(each -> parameters.put(each.getName(), each.getDefaultValue()));
        Stream.ofNullable(given.getParameters())
                .flatMap(List::stream)
                .forEach(each -> parameters.put(each.getName(), each.getValue()));
        RouteDefinition route = template.asRouteDefinition();
        route.setId(given.getRouteId());
        if (given.getPrefixId() != null) {
            route.setNodePrefixId(given.getPrefixId());
        }
        RoutesDefinition routes = new RoutesDefinition();
        routes.setCamelContext(context);
        routes.prepareRoute(route);
        context.getPropertiesComponent().setLocalProperties(parameters);
        try {
            if (template.getTemplateBeans() == null && given.getBeans() == null) {
                tryOut(change, route);
            } else {
                tryOutInput(change, route);
            }
        } finally {
            context.getPropertiesComponent().setLocalProperties(null);
        }
    }

    /** Checks the path of a route with beans, which only Camel itself can bind, when it adds and starts the route. */
    private void tryOutInput(RouteChange change, RouteDefinition route) {
        String uri = route.getInput().getEndpointUri();
        if (uri.startsWith("platform-http:") && context.getEndpoint(uri) instanceof PlatformHttpEndpoint http) {
            tryOut(http, replaced(change));
            inputs.put(route.getRouteId(), http);
        }
    }

    private static Set<String> replaced(RouteChange change) {
        return change.removedRoutes().stream().map(RouteFileEntry::id).collect(Collectors.toSet());
    }

    private void tryOut(RouteChange change, RouteDefinition route) throws Exception {
        Set<String> replaced = replaced(change);
        List<RouteDefinition> others = context.getRouteDefinitions().stream()
                .filter(each -> !replaced.contains(each.getRouteId()))
                .collect(Collectors.toCollection(ArrayList::new));
        others.addAll(tried);
        String duplicate = RouteDefinitionHelper.validateUniqueIds(route, others, route.getNodePrefixId());
        if (duplicate != null) {
            throw new IllegalArgumentException(
                    "the id \"" + duplicate + "\" is also used by another step; change one of them");
        }
        Route made = context.getModelReifierFactory().createRoute(context, route);
        if (made != null) {
            try {
                // The policies reject an invalid endpoint.
                made.getRoutePolicyList().forEach(policy -> policy.onInit(made));
                tryOutProducers(made);
            } finally {
                RouteRemoval.removePolicies(context, made);
            }
        }
        if (made != null && Intercepted.original(made.getEndpoint()) instanceof PlatformHttpEndpoint http) {
            tryOut(http, replaced);
            inputs.put(route.getRouteId(), http);
        }
        tried.add(route);
    }

    /** Creates the producers of a route's steps, which rejects invalid options, and starts none. */
    private static void tryOutProducers(Route route) throws Exception {
        for (Processor step : route.filter("*")) {
            if (step instanceof SendProcessor send) {
                close(send.getEndpoint().createAsyncProducer());
            }
        }
    }

    /** Closes what a producer opened when it was created; some producers cannot stop without a start. */
    private static void close(Producer producer) {
        try {
            ServiceHelper.stopAndShutdownService(producer);
        } catch (RuntimeException e) {
            LOG.debug("Producer {} was not closed normally", producer, e);
        }
    }

    /** Rejects a duplicate path, since the first route would receive all requests. */
    private void tryOut(PlatformHttpEndpoint endpoint, Set<String> replaced) {
        Map<String, PlatformHttpEndpoint> others = new LinkedHashMap<>(inputs);
        for (Route route : context.getRoutes()) {
            if (!replaced.contains(route.getRouteId())
                    && Intercepted.original(route.getEndpoint()) instanceof PlatformHttpEndpoint input) {
                others.put(route.getRouteId(), input);
            }
        }
        others.forEach((route, taken) -> {
            if (taken.getComponent() == endpoint.getComponent()
                    && taken.getPath().equals(endpoint.getPath())
                    && !Collections.disjoint(methods(taken), methods(endpoint))) {
                throw new IllegalArgumentException(
                        "the path %s is already used by the route %s; use another path or method"
                                .formatted(endpoint.getPath(), route));
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
