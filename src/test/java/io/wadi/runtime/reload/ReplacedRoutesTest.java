package io.wadi.runtime.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.ReplacedRoutes;
import io.wadi.kafka.targets.ConsumingRoutes;
import io.wadi.runtime.health.RoutesStarted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.SimpleEventNotifierSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The consumer group of a topic while the route that reads the topic is replaced. */
class ReplacedRoutesTest {
    private static final String ROUTE = """
            - route:
                id: %s
                autoStartup: false
                from:
                  uri: kafka:orders?brokers=localhost:9092&groupId=%s
                  steps:
                    - to: mock:landed
            """;

    @TempDir
    private Path directory;

    private final DefaultCamelContext context = new DefaultCamelContext();
    /** The groups found after the old route was removed and before the new one is added. */
    private final List<Optional<String>> between = new ArrayList<>();

    private Optional<String> group() {
        return ConsumingRoutes.find(context, "orders", MockEndpoint.class).map(ConsumingRoutes.Found::group);
    }

    private final class Observing implements RouteTargetState {
        @Override
        public boolean isToStart(String route) {
            between.add(group());
            return true;
        }

        @Override
        public void applyTo(String route) {}
    }

    /** One route is stopped while another route of the same change is still running. */
    @Test
    void stoppedRoutesOfAChange_areNotReportedAsMissing() throws Exception {
        String both = """
                - route: {id: one, from: {uri: direct:one, steps: [{to: mock:landed}]}}
                - route: {id: two, from: {uri: direct:two, steps: [{to: mock:landed}]}}
                """;
        Files.writeString(directory.resolve("both.camel.yaml"), both);
        RoutesStarted check = new RoutesStarted(route -> !ReplacedRoutes.isChanging(context, route));
        check.setCamelContext(context);
        List<HealthCheck.State> whileRemoving = new ArrayList<>();
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onRoutesRemove(Collection<Route> routes) {
                whileRemoving.add(check.call().getState());
            }
        });
        try (RouteReloader reloader = reloader(new Observing())) {
            reloader.begin(directory);
            PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("both.camel.yaml", both));
            context.start();

            reloader.write("both.camel.yaml", Optional.of(both.replace("mock:landed", "mock:other")));

            assertThat(whileRemoving).hasSize(2).containsOnly(HealthCheck.State.UP);
            assertThat(ReplacedRoutes.isChanging(context, "one")).isFalse();
            context.getRouteController().stopRoute("one");
            assertThat(check.call().getState()).isEqualTo(HealthCheck.State.DOWN);
        } finally {
            context.stop();
        }
    }

    private RouteReloader reloader(RouteTargetState target) {
        return new RouteReloader(
                context,
                NoRequests::new,
                () -> target,
                new ReentrantLock(),
                Duration.ofHours(1),
                Duration.ofSeconds(10),
                new SimpleMeterRegistry());
    }

    @Test
    void group_isThatOfTheReplacedRoute_untilTheNewOneRuns() throws Exception {
        Files.writeString(directory.resolve("orders.camel.yaml"), ROUTE.formatted("orders", "before"));
        Files.writeString(
                directory.resolve("other.camel.yaml"),
                ROUTE.formatted("other", "x").replace("kafka:orders", "kafka:o"));
        try (RouteReloader reloader = reloader(new Observing())) {
            reloader.begin(directory);
            for (String text : reloader.texts().values()) {
                PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("orders.camel.yaml", text));
            }
            context.start();
            assertThat(group()).contains("before");

            reloader.write("orders.camel.yaml", Optional.of(ROUTE.formatted("orders", "after")));

            assertThat(between).containsExactly(Optional.of("before"));
            assertThat(group()).contains("after");
            reloader.write("orders.camel.yaml", Optional.empty());
            assertThat(group()).isEmpty();
        } finally {
            context.stop();
        }
    }

    private static final class Stopped implements RouteTargetState {
        @Override
        public boolean isToStart(String route) {
            return false;
        }

        @Override
        public void applyTo(String route) {}
    }

    /** The routes of connectors that the connector API has created are routes of templates. */
    @Test
    void stoppedRouteOfATemplate_isReplaced_andNotStarted() throws Exception {
        String text = """
                - routeTemplate:
                    id: copy
                    parameters: [{name: target}]
                    route: {from: {uri: direct:one, steps: [{to: "mock:{{target}}"}]}}
                - templatedRoute: {routeTemplateRef: copy, routeId: one, parameters: [{name: target, value: before}]}
                """;
        Files.writeString(directory.resolve("one.camel.yaml"), text);
        List<String> started = new ArrayList<>();
        context.getManagementStrategy().addEventNotifier(new SimpleEventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (event instanceof CamelEvent.RouteStartedEvent of) {
                    started.add(of.getRoute().getRouteId());
                }
            }
        });
        try (RouteReloader reloader = reloader(new Stopped())) {
            reloader.begin(directory);
            PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("one.camel.yaml", text));
            context.start();
            context.getRouteController().stopRoute("one");
            started.clear();

            reloader.write("one.camel.yaml", Optional.of(text.replace("before", "after")));

            assertThat(context.getRouteController().getRouteStatus("one")).isEqualTo(ServiceStatus.Stopped);
            assertThat(started).isEmpty();
            context.getRouteController().startRoute("one");
            assertThat(context.getRouteController().getRouteStatus("one")).isEqualTo(ServiceStatus.Started);
            context.createFluentProducerTemplate().to("direct:one").send();
            assertThat(context.getEndpoint("mock:after", MockEndpoint.class).getReceivedCounter())
                    .isEqualTo(1);
        } finally {
            context.stop();
        }
    }
}
