package io.wadi.runtime.shutdown;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.InFlightRecords;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A Camel context that is stopped while its routes process exchanges. */
final class OrderlyShutdownTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    private final CamelContext context = new DefaultCamelContext();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    @AfterEach
    void release() {
        goOn.countDown();
        context.stop();
    }

    private OrderlyShutdown use(Duration pause, Duration phaseWithin) {
        OrderlyShutdown shutdown =
                new OrderlyShutdown(context, new StopOptions(pause, phaseWithin, LONG), new InFlightRecords());
        context.setShutdownStrategy(shutdown);
        return shutdown;
    }

    private void start(RouteBuilder routes) throws Exception {
        context.addRoutes(routes);
        context.start();
    }

    private StopReport stopAll(OrderlyShutdown shutdown) {
        context.stop();
        shutdown.conclude(List.of());
        return shutdown.report().orElseThrow();
    }

    private static RouteReport of(StopReport report, String route) {
        return report.routes().stream()
                .filter(each -> each.route().equals(route))
                .findFirst()
                .orElseThrow();
    }

    /** Returns a route with a timer that fires once; its exchange blocks until it is released. */
    private RouteBuilder waiting(String id) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("timer:" + id + "?repeatCount=1&delay=0").routeId(id).process(exchange -> {
                    events.add(id + " begins");
                    goOn.await();
                    events.add(id + " ends");
                });
            }
        };
    }

    @Test
    void exchangesInFlight_areFinished() throws Exception {
        OrderlyShutdown shutdown = use(Duration.ZERO, LONG);
        start(waiting("slow"));
        assertThat(events.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("slow begins");

        stopWhileInFlight(shutdown, "slow");

        StopReport report = shutdown.report().orElseThrow();
        assertThat(events).containsExactly("slow ends");
        assertThat(report.isDrained()).isTrue();
        assertThat(of(report, "slow").inFlight()).isEqualTo(1);
    }

    @Test
    void routeThatCannotBeStopped_isReported() throws Exception {
        OrderlyShutdown shutdown = use(Duration.ZERO, LONG);
        context.addEndpoint("broken:in", new BrokenEndpoint(context));
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("broken:in").routeId("broken").log("in");
            }
        });

        StopReport report = stopAll(shutdown);

        assertThat(report.isDrained()).isFalse();
        assertThat(of(report, "broken").problem()).contains("could not be stopped", "NoClassDefFoundError");
    }

    /** An endpoint with a consumer that fails once when it is stopped, as if the jar had been replaced. */
    private static final class BrokenEndpoint extends DefaultEndpoint {
        private final AtomicBoolean hasFailed = new AtomicBoolean();

        BrokenEndpoint(CamelContext context) {
            setCamelContext(context);
        }

        @Override
        protected String createEndpointUri() {
            return "broken:in";
        }

        @Override
        public Consumer createConsumer(Processor processor) {
            return new DefaultConsumer(this, processor) {
                @Override
                protected void doStop() {
                    if (!hasFailed.getAndSet(true)) {
                        throw new NoClassDefFoundError("of/the/Test");
                    }
                }
            };
        }

        @Override
        public Producer createProducer() {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void interruptedPause_isReportedWithTheTimeSinceItsStart() throws Exception {
        OrderlyShutdown shutdown = use(LONG, LONG);
        start(waiting("slow"));
        Thread stopping = new Thread(context::stop);
        long begin = System.nanoTime();
        stopping.start();
        await().until(() -> stopping.getState() == Thread.State.TIMED_WAITING);

        stopping.interrupt();
        stopping.join();
        shutdown.conclude(List.of());

        StopReport report = shutdown.report().orElseThrow();
        Duration atMost = Duration.ofNanos(System.nanoTime() - begin);
        assertThat(report.millis()).isBetween(0L, atMost.toMillis());
        assertThat(report.isDrained()).isFalse();
        assertThat(report.lines()).contains("not closed: the routes were not stopped");
    }

    @Test
    void stopAbandonedBeforeTheFirstRouteStops_isReported() {
        OrderlyShutdown shutdown = use(Duration.ZERO, LONG);

        shutdown.abandon("closing did not end", Duration.ofSeconds(3));

        StopReport report = shutdown.report().orElseThrow();
        assertThat(report.isDrained()).isFalse();
        assertThat(report.lines())
                .containsExactly(
                        "Stopped in 3.00 s, unfinished work is repeated at the next start",
                        "not closed: closing did not end");
    }

    @Test
    void stopThatBeginsAfterItWasGivenUp_doesNotReplaceTheReport() throws Exception {
        OrderlyShutdown shutdown = use(Duration.ZERO, LONG);
        start(waiting("slow"));
        shutdown.abandon("closing did not end", Duration.ofSeconds(3));
        goOn.countDown();

        context.stop();
        shutdown.conclude(List.of());

        assertThat(shutdown.report().orElseThrow().lines()).contains("not closed: closing did not end");
    }

    @Test
    void stuckRoute_delaysNeitherOthersNorTheNextPhase_andIsReported() throws Exception {
        // Far longer than the other routes take to stop, also on a busy machine.
        OrderlyShutdown shutdown = use(Duration.ZERO, Duration.ofSeconds(10));
        AtomicBoolean beside = new AtomicBoolean();
        AtomicBoolean after = new AtomicBoolean();
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("timer:stuck?repeatCount=1&delay=0").routeId("stuck").process(exchange -> {
                    events.add("stuck begins");
                    awaitIgnoringInterrupts();
                });
                from("timer:beside?delay=0")
                        .routeId("beside")
                        .process(exchange -> beside.set(true))
                        .to("direct:after");
                from("direct:after").routeId("after").process(exchange -> after.set(true));
            }
        });
        assertThat(events.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("stuck begins");
        await().untilTrue(after);

        StopReport report = stopAll(shutdown);

        assertThat(report.isDrained()).isFalse();
        assertThat(of(report, "stuck").problem()).contains("did not end within 10s");
        assertThat(of(report, "stuck").left()).isEqualTo(1);
        assertThat(of(report, "stuck").phase()).isEqualTo(1);
        assertThat(of(report, "beside").isDrained()).isTrue();
        assertThat(of(report, "beside").phase()).isEqualTo(1);
        assertThat(of(report, "after").isDrained()).isTrue();
        assertThat(of(report, "after").phase()).isEqualTo(2);
        assertThat(report.lines())
                .anyMatch(line -> line.startsWith("1 stuck: 1 exchanges in flight, 0 finished, 1 left"));
    }

    /** Waits like code that ignores interrupts. */
    private void awaitIgnoringInterrupts() {
        while (goOn.getCount() > 0) {
            try {
                goOn.await();
            } catch (InterruptedException e) {
                events.add("interrupted");
            }
        }
    }

    @Test
    void route_stopsAfterItsUpstreamRoutes_evenIfStartedLast() throws Exception {
        OrderlyShutdown shutdown = use(Duration.ZERO, LONG);
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:last").routeId("a").startupOrder(99).log("last");
                from("direct:middle").routeId("b").startupOrder(50).toD("direct:last");
                from("timer:first")
                        .routeId("c")
                        .startupOrder(1)
                        .choice()
                        .when(simple("${body} != null"))
                        .to("direct:middle");
            }
        });

        StopReport report = stopAll(shutdown);

        assertThat(report.routes()).extracting(RouteReport::route).containsExactly("c", "b", "a");
    }

    @Test
    void routeOfATemplate_stopsBeforeTheTargetsOfItsParameters() throws Exception {
        OrderlyShutdown shutdown = use(Duration.ZERO, LONG);
        start(new RouteBuilder() {
            @Override
            public void configure() {
                routeTemplate("copy")
                        .templateParameter("target")
                        .templateParameter("audit", "given")
                        .templateOptionalParameter("copy")
                        .templateOptionalParameter("nested")
                        .templateOptionalParameter("absent")
                        .templateBean("bean", String.class, parameters -> "only known while the route is created")
                        .from("timer:copy?repeatCount=0")
                        .toD("direct:{{target}}")
                        .toD("direct:{{audit}}")
                        .toD("direct:{{copy:default}}")
                        .toD("direct:{{absent:missing}}")
                        .toD("direct:{{nested:{{target}}}}")
                        .toD("mock:${body}?name={{bean}}");
                from("direct:next").routeId("next").log("next");
                from("direct:given").routeId("given").log("given");
                from("direct:other").routeId("other").log("other");
                from("direct:default").routeId("default").log("default");
                from("direct:missing").routeId("missing").log("missing");
                from("direct:inner").routeId("inner").log("inner");
            }
        });
        TemplatedRouteBuilder.builder(context, "copy")
                .routeId("copied")
                .parameter("target", "next")
                .parameter("copy", "other")
                .parameter("nested", "inner")
                .add();

        StopReport report = stopAll(shutdown);

        assertThat(report.isDrained()).isTrue();
        assertThat(of(report, "copied").phase()).isEqualTo(1);
        assertThat(of(report, "next").phase()).isEqualTo(2);
        assertThat(of(report, "given").phase()).isEqualTo(2);
        assertThat(of(report, "other").phase()).isEqualTo(2);
        assertThat(of(report, "default").phase()).isEqualTo(1);
        assertThat(of(report, "missing").phase()).isEqualTo(2);
        assertThat(of(report, "inner").phase()).isEqualTo(2);
    }

    /** Otherwise the steps of an exchange in flight that find their endpoint at runtime would fail. */
    @Test
    void endpointsThatAreFoundAtRuntime_stopAfterTheirRoutes() throws Exception {
        OrderlyShutdown shutdown = use(Duration.ZERO, LONG);
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("timer:first?repeatCount=1&delay=0")
                        .routeId("first")
                        .setProperty("next", constant("next"))
                        .process(exchange -> {
                            events.add("begins");
                            goOn.await();
                        })
                        .toD("direct:${exchangeProperty.next}")
                        .recipientList(constant("direct:list"))
                        .routingSlip(constant("direct:slip"))
                        .enrich()
                        .simple("direct:enrich")
                        .process(exchange -> events.add("ends"));
                for (String each : List.of("next", "list", "slip", "enrich")) {
                    from("direct:" + each).routeId(each).process(exchange -> events.add(each));
                }
            }
        });
        assertThat(events.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("begins");

        stopWhileInFlight(shutdown, "first");

        assertThat(events).containsExactly("next", "list", "slip", "enrich", "ends");
        StopReport report = shutdown.report().orElseThrow();
        assertThat(of(report, "first").phase()).isEqualTo(1);
        assertThat(List.of("next", "list", "slip", "enrich"))
                .allSatisfy(each -> assertThat(of(report, each).phase()).isEqualTo(2));
    }

    /** Otherwise a record in flight that fails would have no dead letter. */
    @Test
    void deadLetterRoute_stopsAfterTheRouteThatFails() throws Exception {
        OrderlyShutdown shutdown = use(Duration.ZERO, LONG);
        context.getPropertiesComponent().addInitialProperty("dead", "direct:dead");
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("timer:first?repeatCount=1&delay=0")
                        .routeId("first")
                        .errorHandler(deadLetterChannel("{{dead}}"))
                        .process(exchange -> {
                            events.add("begins");
                            goOn.await();
                        })
                        .throwException(new IllegalStateException("planned"));
                from("direct:dead").routeId("dead").process(exchange -> events.add("dead letter"));
            }
        });
        assertThat(events.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("begins");

        stopWhileInFlight(shutdown, "first");

        assertThat(events).containsExactly("dead letter");
        StopReport report = shutdown.report().orElseThrow();
        assertThat(of(report, "first").phase()).isEqualTo(1);
        assertThat(of(report, "dead").phase()).isEqualTo(2);
    }

    /** Otherwise an exchange in flight that is intercepted would fail. */
    @Test
    void endpointsOfAnInterceptor_stopAfterTheInterceptedRoute() throws Exception {
        OrderlyShutdown shutdown = use(Duration.ZERO, LONG);
        start(new RouteBuilder() {
            @Override
            public void configure() {
                interceptSendToEndpoint("direct:sent").to("direct:audit");
                from("timer:first?repeatCount=1&delay=0")
                        .routeId("first")
                        .process(exchange -> {
                            events.add("begins");
                            goOn.await();
                        })
                        .to("direct:sent");
                for (String each : List.of("audit", "sent")) {
                    from("direct:" + each).routeId(each).process(exchange -> events.add(each));
                }
            }
        });
        assertThat(events.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("begins");

        stopWhileInFlight(shutdown, "first");

        assertThat(events).containsExactly("audit", "sent");
        StopReport report = shutdown.report().orElseThrow();
        assertThat(of(report, "first").phase()).isEqualTo(1);
        assertThat(List.of("audit", "sent"))
                .allSatisfy(each -> assertThat(of(report, each).phase()).isEqualTo(2));
    }

    /** Stops all routes, and lets the exchanges in flight continue once the stop of this route has begun. */
    private void stopWhileInFlight(OrderlyShutdown shutdown, String route) throws InterruptedException {
        Thread stopping = new Thread(() -> stopAll(shutdown));
        stopping.start();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("wadi-stop-" + route)));
        goOn.countDown();
        stopping.join();
    }

    @Test
    void readiness_isDownDuringThePause_whileRoutesContinue() throws Exception {
        OrderlyShutdown shutdown = use(Duration.ofHours(1), LONG);
        start(echo());
        ProducerTemplate client = context.createProducerTemplate();
        Thread stopping = new Thread(() -> stopAll(shutdown));
        stopping.start();

        try {
            await().until(() ->
                    HealthCheckRegistry.get(context).getCheck("wadi-stopping").isPresent());
            assertThat(HealthCheckHelper.invokeReadiness(context))
                    .anyMatch(result -> result.getCheck().getId().equals("wadi-stopping")
                            && result.getState().name().equals("DOWN"));
            assertThat(HealthCheckHelper.invokeLiveness(context))
                    .noneMatch(result -> result.getCheck().getId().equals("wadi-stopping"));
            assertThat(client.requestBody("direct:echo", "still here", String.class))
                    .isEqualTo("still here!");
            assertThat(shutdown.report()).as("no report during the pause").isEmpty();
        } finally {
            stopping.interrupt();
            stopping.join();
        }
    }

    @Test
    void routes_areStopped_afterThePause() throws Exception {
        OrderlyShutdown shutdown = use(Duration.ofMillis(1), LONG);
        start(echo());

        StopReport report = stopAll(shutdown);

        assertThat(report.isDrained()).isTrue();
        assertThat(of(report, "echo").isDrained()).isTrue();
    }

    private static RouteBuilder echo() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:echo").routeId("echo").setBody(simple("${body}!"));
            }
        };
    }

    @Test
    void singleRoute_isStoppedAlone_andCanBeRestarted() throws Exception {
        OrderlyShutdown shutdown = use(Duration.ZERO, LONG);
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("timer:one?delay=0&period=5").routeId("one").to("direct:two");
                from("direct:two").routeId("two").process(exchange -> events.add("two"));
            }
        });
        assertThat(events.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isNotNull();

        context.getRouteController().stopRoute("one");
        events.clear();

        assertThat(context.getRouteController().getRouteStatus("one").isStopped())
                .isTrue();
        assertThat(context.getRouteController().getRouteStatus("two").isStarted())
                .isTrue();
        assertThat(shutdown.report()).as("report of the whole context").isEmpty();
        context.getRouteController().startRoute("one");
        assertThat(events.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("two");
    }
}
