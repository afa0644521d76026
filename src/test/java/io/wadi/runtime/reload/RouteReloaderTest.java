package io.wadi.runtime.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.runtime.telemetry.RouteMeters;
import io.wadi.runtime.watch.Watcher;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.Service;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rejected changes and failed rollbacks, which the checks and requests of the connector API retry. */
class RouteReloaderTest {
    private static final String FILE = "one.camel.yaml";
    private static final String ROUTE = "- route: {id: one, from: {uri: direct:one, steps: [{to: mock:%s}]}}\n";

    @TempDir
    private Path directory;

    @AutoClose
    private final DefaultCamelContext context = new DefaultCamelContext();

    @AutoClose
    private final Warnings errors = new Warnings(Watcher.class.getName(), Level.ERROR);

    private final AtomicInteger checks = new AtomicInteger();
    private RouteHold requests = new NoRequests();
    private volatile boolean isFailing;
    private RouteReloader reloader;

    /** A lock for which the first check waits until a request has completed the rollback. */
    private final class ContendedLock extends ReentrantLock {
        private static final long serialVersionUID = 1;

        @Override
        public void lockInterruptibly() throws InterruptedException {
            if (Thread.currentThread().getName().startsWith("wadi-live") && checks.getAndIncrement() == 0) {
                isFailing = false;
                edit("other");
            }
            super.lockInterruptibly();
        }
    }

    private final class FailingRoutes implements RouteTargetState {
        @Override
        public boolean isToStart(String route) {
            return true;
        }

        @Override
        public void applyTo(String route) {
            if (isFailing && !route.startsWith("good")) {
                throw new IllegalStateException("of this test");
            }
        }
    }

    private void edit(String target) throws InterruptedException {
        try {
            reloader.write(FILE, Optional.of(ROUTE.formatted(target)));
        } catch (RejectedChangeException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void failedRollback_isRetriedOnce_byOneOfTwoThreads() throws Exception {
        try (RouteReloader closing = started(ROUTE.formatted("first"), new ContendedLock())) {
            isFailing = true;
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> edit("second"));

            closing.start();

            await().until(() -> checks.get() > 4);
            assertThat(errors.lines()).isEmpty();
            assertThat(closing.missingRoutes()).isEmpty();
            assertThat(closing.texts()).containsEntry(FILE, ROUTE.formatted("other"));
            assertThat(context.getRoutes()).hasSize(1);
        }
    }

    @Test
    void failedRollback_restoresTheOtherRoutes_andItsRetriesDoNotRestartThem() throws Exception {
        try (RouteReloader closing = started(three("first"), new ReentrantLock())) {
            isFailing = true;
            Optional<String> changed = Optional.of(three("second"));

            assertThatExceptionOfType(RejectedChangeException.class)
                    .isThrownBy(() -> closing.write(FILE, changed))
                    .satisfies(e -> assertThat(e.effect()).isEqualTo("some routes do not run"));
            Route before = context.getRoute("good-1");
            Route after = context.getRoute("good-2");
            assertThat(before).isNotNull();
            assertThat(after).isNotNull();

            assertThatExceptionOfType(RollbackFailedException.class).isThrownBy(() -> closing.write(FILE, changed));
            assertThat(context.getRoute("good-1")).isSameAs(before);
            assertThat(context.getRoute("good-2")).isSameAs(after);

            isFailing = false;
            closing.write(FILE, changed);
            assertThat(closing.texts()).containsEntry(FILE, three("second"));
            assertThat(context.getRoutes()).hasSize(3);
        }
    }

    /** Flows are replaced after other routes. */
    @Test
    void routeThatBecomesAFlow_orNoLongerIsOne_isReplaced() throws Exception {
        bindKafka();
        String flow = "- route: {id: one, from: {uri: kafka:one, steps: [{to: mock:first}]}}\n";
        try (RouteReloader closing = started(flow, new ReentrantLock())) {

            closing.write(FILE, Optional.of(ROUTE.formatted("second")));
            assertThat(context.getRoutes())
                    .extracting(route -> route.getEndpoint().getEndpointUri())
                    .containsExactly("direct://one");

            closing.write(FILE, Optional.of(flow));
            assertThat(context.getRoutes())
                    .extracting(route -> route.getEndpoint().getEndpointUri())
                    .containsExactly("kafka://one");
        }
    }

    /** The component rejects a second consumer of an endpoint. */
    @Test
    void flowWithAnotherId_isStarted_afterTheFormerOneHasStopped() throws Exception {
        bindKafka();
        String flow = "- route: {id: one, from: {uri: kafka:one, steps: [{to: mock:first}]}}\n";
        try (RouteReloader closing = started(flow, new ReentrantLock())) {

            closing.write(FILE, Optional.of(flow.replace("id: one", "id: a-new-one")));

            assertThat(context.getRoutes()).extracting(Route::getRouteId).containsExactly("a-new-one");
        }
    }

    /** Camel loads such files at the start. */
    @ParameterizedTest
    @ValueSource(strings = {"""
                - route: {id: one, from: {uri: direct:one, parameters: &waiting {timeout: 5}, steps: [{to: mock:any}]}}
                - route: {id: two, from: {uri: direct:two, parameters: *waiting, steps: [{to: mock:first}]}}
                """, """
                [{"route": {"id": "one", "from": {"uri": "direct:one", "steps": [{"to": "mock:any"}]}}}, {"route":
                {"id": "two", "from": {"uri": "direct:two", "parameters": {"timeout": 5}, "steps": [{"to": "mock:first"}]}}}]
                """})
    void entryWithoutLinesOfItsOwn_orWithAnAliasOfAnother_isReplaced(String file) throws Exception {
        try (RouteReloader closing = started(file, new ReentrantLock())) {
            Route unchanged = context.getRoute("one");

            closing.write(FILE, Optional.of(file.replace("mock:first", "mock:second")));

            assertThat(context.getRoute("one")).isSameAs(unchanged);
            assertThat(context.getRoute("two").getEndpoint().getEndpointUri()).isEqualTo("direct://two?timeout=5");
            assertThat(context.getEndpoints())
                    .extracting(Endpoint::getEndpointUri)
                    .contains("mock://second");
        }
    }

    /** Camel starts such routes: it prefixes the ids of their steps, those of a template with a number by default. */
    @ParameterizedTest
    @ValueSource(strings = {"""
                - route: {id: one, nodePrefixId: a, from: {uri: direct:one, steps: [{to: {id: step, uri: mock:first}}]}}
                - route: {id: two, nodePrefixId: b, from: {uri: direct:two, steps: [{to: {id: step, uri: mock:first}}]}}
                """, """
                - routeTemplate:
                    id: t
                    parameters: [{name: in}]
                    from: {uri: "direct:{{in}}", steps: [{to: {id: step, uri: mock:first}}]}
                - templatedRoute: {routeId: one, routeTemplateRef: t, parameters: [{name: in, value: one}]}
                - templatedRoute: {routeId: two, routeTemplateRef: t, parameters: [{name: in, value: two}]}
                """, """
                - routeTemplate:
                    id: t
                    parameters: [{name: in}]
                    from: {uri: "direct:{{in}}", steps: [{to: {id: step, uri: mock:first}}]}
                - templatedRoute: {routeId: one, prefixId: a, routeTemplateRef: t, parameters: [{name: in, value: one}]}
                - templatedRoute: {routeId: two, prefixId: b, routeTemplateRef: t, parameters: [{name: in, value: two}]}
                """})
    void routesWithPrefixedIdsOfSteps_areReplacedTogether(String file) throws Exception {
        assertReplaced(file);
    }

    /** Camel binds beans while it adds the route. */
    @ParameterizedTest
    @ValueSource(strings = {"""
                - routeTemplate: {id: t, from: {uri: direct:one, steps: [{to: mock:first}]}}
                - templatedRoute: {routeId: one, routeTemplateRef: t}
                """, """
                - routeTemplate:
                    id: t
                    parameters: [{name: in, defaultValue: one}]
                    from: {uri: "direct:{{in}}", steps: [{to: mock:first}]}
                - templatedRoute: {routeId: one, routeTemplateRef: t}
                """, """
                - routeTemplate:
                    id: t
                    beans: [{name: list, type: java.util.ArrayList}]
                    from: {uri: direct:one, steps: [{bean: {ref: "{{list}}", method: size}}, {to: mock:first}]}
                - templatedRoute: {routeId: one, routeTemplateRef: t}
                """, """
                - routeTemplate:
                    id: t
                    from: {uri: direct:one, steps: [{bean: {ref: "{{list}}", method: size}}, {to: mock:first}]}
                - templatedRoute:
                    routeId: one
                    routeTemplateRef: t
                    beans: [{name: list, type: java.util.ArrayList}]
                """})
    void routeOfATemplateWithoutParametersOrWithBeans_isReplaced(String file) throws Exception {
        assertReplaced(file);
    }

    private void assertReplaced(String file) throws Exception {
        try (RouteReloader closing = started(file, new ReentrantLock())) {
            Route before = context.getRoute("one");

            closing.write(FILE, Optional.of(file.replace("mock:first", "mock:second")));

            assertThat(context.getRoute("one")).isNotNull().isNotSameAs(before);
            assertThat(context.getEndpoints())
                    .extracting(Endpoint::getEndpointUri)
                    .contains("mock://second");
        }
    }

    /** Camel applies such entries to the routes of their file. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "onException: {exception: [java.lang.Exception], handled: {constant: true}, steps: [%s]}",
                "onCompletion: {mode: BeforeConsumer, steps: [%s]}",
                "intercept: {steps: [{choice: {when: [{simple: \"${header.by} == null\", steps: [%s]}]}}]}",
                "interceptFrom: {steps: [%s]}",
                "interceptSendToEndpoint: {uri: mock:*, steps: [%s]}"
            })
    void replacedRoute_keepsTheEntriesThatApplyToItsFile(String entry) throws Exception {
        String file = "- %s\n".formatted(entry.formatted("{setHeader: {name: by, simple: \"${header.by}once\"}}"))
                + ROUTE.replace("]}}", ", {throwException: {exceptionType: java.io.IOException, message: failed}}]}}");
        try (RouteReloader closing = started(file.formatted("first"), new ReentrantLock());
                ProducerTemplate client = context.createProducerTemplate()) {
            Supplier<Message> answer =
                    () -> client.send("direct:one", exchange -> {}).getMessage();
            assertThat(answer.get().getHeader("by")).isEqualTo("once");

            for (String target : List.of("second", "third")) {
                closing.write(FILE, Optional.of(file.formatted(target)));

                assertThat(answer.get().getHeader("by")).isEqualTo("once");
            }
        }
    }

    /** Camel resolves the id, so that the running route would not be found by the id in the file. */
    @Test
    void changeOfARouteWithAPlaceholderAsId_isRejected() throws Exception {
        context.getPropertiesComponent().addInitialProperty("name", "one");
        String file = ROUTE.replace("id: one", "id: \"{{name}}\"");
        try (RouteReloader closing = started(file.formatted("first"), new ReentrantLock())) {
            Route running = context.getRoute("one");

            assertThatExceptionOfType(RejectedChangeException.class)
                    .isThrownBy(() -> closing.write(FILE, Optional.of(file.formatted("second"))))
                    .withMessageContaining(
                            FILE + ":1: the route has no id without a placeholder: add one, so that it can change");

            assertThat(context.getRoutes()).containsExactly(running);
            assertThat(closing.missingRoutes()).isEmpty();
        }
    }

    /** Camel creates them with a route, and ends them when it stops the route. */
    @Test
    void threadPoolsOfStepsInATrial_areEnded() throws Exception {
        Set<ThreadPoolExecutor> pools = ConcurrentHashMap.newKeySet();
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onThreadPoolAdd(
                    CamelContext camel,
                    ThreadPoolExecutor pool,
                    String id,
                    String source,
                    String route,
                    String profile) {
                pools.add(pool);
            }
        });
        String file =
                "- route: {id: one, from: {uri: direct:one, steps: [{split: {simple: \"${body}\", parallelProcessing: true,"
                        + " steps: [{to: mock:%s}]}}]}}\n";
        try (RouteReloader closing = started(file.formatted("first"), new ReentrantLock())) {
            closing.write(FILE, Optional.of(file.formatted("second")));
            assertThatExceptionOfType(RejectedChangeException.class)
                    .isThrownBy(
                            () -> closing.write(FILE, Optional.of(file.formatted("third}, {to: missing:component"))));

            assertThat(pools)
                    .hasSizeGreaterThan(2)
                    .filteredOn(pool -> !pool.isShutdown())
                    .hasSize(1);
        }
    }

    @Test
    void routeThatItsPreconditionExcludes_isReplaced() throws Exception {
        String route = "- route: {id: one, precondition: \"%s\", from: {uri: direct:one, steps: [{to: mock:%s}]}}\n";
        String other = ROUTE.replace("one", "other").formatted("first");
        try (RouteReloader closing = started(route.formatted(false, "first") + other, new ReentrantLock())) {

            closing.write(FILE, Optional.of(route.formatted(false, "second") + other));
            assertThat(closing.missingRoutes()).isEmpty();
            closing.write(FILE, Optional.of(route.formatted(true, "second") + other));
            assertThat(context.getRoutes()).extracting(Route::getRouteId).containsExactly("other", "one");
            closing.write(FILE, Optional.of(route.formatted(false, "second") + other));
            assertThat(context.getRoutes()).extracting(Route::getRouteId).containsExactly("other");
        }
    }

    private static final class NoServer implements PlatformHttpEngine {
        private static final class Input extends DefaultConsumer implements PlatformHttpConsumer {
            Input(PlatformHttpEndpoint endpoint, Processor processor) {
                super(endpoint, processor);
            }

            @Override
            public PlatformHttpEndpoint getEndpoint() {
                return (PlatformHttpEndpoint) super.getEndpoint();
            }
        }

        @Override
        public int getServerPort() {
            return 0;
        }

        @Override
        public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
            return new Input(endpoint, processor);
        }
    }

    /** Camel wraps the inputs of later routes too, if the pattern matches them. */
    @Test
    void interceptedInputs_areHeld_andTheirPathsAreChecked() throws Exception {
        PlatformHttpComponent http = new PlatformHttpComponent();
        http.setEngine(new NoServer());
        context.addComponent("platform-http", http);
        List<Endpoint> held = new ArrayList<>();
        requests = new NoRequests(held::addAll);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                interceptSendToEndpoint("*").to("log:sent");
                from("direct:intercepting").to("log:none");
            }
        });
        String route = "- route: {id: %s, autoStartup: false, from: {uri: platform-http:/a, steps: [{to: mock:%s}]}}\n";
        try (RouteReloader closing = started(route.formatted("one", "first"), new ReentrantLock())) {
            closing.write(FILE, Optional.of(route.formatted("one", "second")));

            assertThat(held).singleElement().isInstanceOf(PlatformHttpEndpoint.class);
            assertThatExceptionOfType(RejectedChangeException.class)
                    .isThrownBy(() -> closing.write("two.camel.yaml", Optional.of(route.formatted("two", "first"))))
                    .withMessageContaining("the path /a is already used by the route one");
        }
    }

    /** Binds a component that needs no servers. Autowiring would expect that of camel-kafka. */
    private void bindKafka() {
        context.setAutowiredEnabled(false);
        context.addComponent("kafka", new DirectComponent());
    }

    private static String three(String target) {
        return Stream.of("good-1", "bad", "good-2")
                .map(id ->
                        "- route: {id: %s, from: {uri: direct:%s, steps: [{to: mock:%s}]}}\n".formatted(id, id, target))
                .collect(Collectors.joining());
    }

    /** Returns the reloader of a file with these routes, which are started. */
    private RouteReloader started(String routes, Lock changing) throws Exception {
        Files.writeString(directory.resolve(FILE), routes);
        reloader = new RouteReloader(
                context,
                () -> requests,
                FailingRoutes::new,
                changing,
                Duration.ofMillis(1),
                Duration.ofSeconds(10),
                new SimpleMeterRegistry());
        reloader.begin(directory);
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString(FILE, routes));
        context.start();
        return reloader;
    }

    @Test
    void rejectedRoute_leavesNoMeters() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        context.addRoutePolicyFactory(new RouteMeters(meters));
        try (RouteReloader closing = started(ROUTE.formatted("first"), new ReentrantLock())) {

            assertThatExceptionOfType(RejectedChangeException.class)
                    .isThrownBy(() -> closing.write("two.camel.yaml", Optional.of("""
                            - route: {id: tried, from: {uri: "kafka:t?brokers=localhost:1", steps: [{to: mock:first}]}}
                            - route: {id: broken, from: {uri: "nowhere:x", steps: [{to: mock:first}]}}
                            """)));

            assertThat(meters.getMeters())
                    .extracting(meter -> meter.getId().getTag("routeId"))
                    .doesNotContain("tried", "broken");
        }
    }

    @Test
    void replacedRoutes_leaveNoServicesInTheContext() throws Exception {
        try (RouteReloader closing = started(ROUTE.formatted("first"), new ReentrantLock())) {
            closing.write(FILE, Optional.of(ROUTE.formatted("second")));
            List<Service> before =
                    List.copyOf(context.getCamelContextExtension().getServices());

            closing.write(FILE, Optional.of(ROUTE.formatted("third")));
            closing.write(FILE, Optional.of(ROUTE.formatted("first")));

            assertThat(context.getCamelContextExtension().getServices()).hasSameSizeAs(before);
        }
    }

    /** Timers have no producers. */
    @Test
    void stepWithoutAProducer_isRejectedBeforeTheRunningRouteStops() throws Exception {
        try (RouteReloader closing = started(ROUTE.formatted("first"), new ReentrantLock())) {
            Route running = context.getRoute("one");

            assertThatExceptionOfType(RejectedChangeException.class)
                    .isThrownBy(() -> closing.write(FILE, Optional.of(ROUTE.replace("mock:%s", "timer:any"))))
                    .satisfies(e -> assertThat(e.mistakes())
                            .singleElement()
                            .asString()
                            .startsWith(FILE + ":1: ")
                            .contains("TimerEndpoint"));

            assertThat(context.getRoute("one")).isSameAs(running);
        }
    }
}
