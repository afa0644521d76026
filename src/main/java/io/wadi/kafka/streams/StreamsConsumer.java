package io.wadi.kafka.streams;

import io.wadi.kafka.RouteWork;
import io.wadi.runtime.health.DebouncedCheck;
import io.wadi.runtime.health.HealthState;
import io.wadi.runtime.health.MonitoredDependency;
import io.wadi.runtime.health.Prober;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.support.DefaultConsumer;

/** Runs a topology from the route's start to its stop, and has health know of it meanwhile. */
final class StreamsConsumer extends DefaultConsumer {
    private static final String NEXT =
            "its records wait in Kafka, and what it writes is late; it goes on by itself, and a restart helps where a thread hangs";

    private final String name;
    private final StreamsFlow flow;
    private final StreamsComponent streams;
    private volatile RunningFlow running;
    private Prober prober;
    private List<HealthCheck> checks = List.of();
    private List<Runnable> atItsEnd = List.of();

    StreamsConsumer(
            StreamsEndpoint endpoint, Processor processor, String name, StreamsFlow flow, StreamsComponent streams) {
        super(endpoint, processor);
        this.name = name;
        this.flow = flow;
        this.streams = streams;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        running = new RunningFlow(name, flow, streams::adminSettings, () -> streams.settings(flow), this::tell);
        Clock clock = Clock.systemUTC();
        MonitoredDependency works = new MonitoredDependency(streams.patience(), clock);
        String check = "wadi-streams-" + name;
        prober = new Prober(
                "streams-" + name,
                streams.patience().every(),
                List.of(new Prober.Question(check, streams.probe(running, flow, clock), works)));
        checks = List.of(
                new DebouncedCheck(
                        new DebouncedCheck.Subject(check, DebouncedCheck.Use.NONE, "streams:" + name, NEXT),
                        works,
                        clock),
                StreamsHealth.complaint(name, flow.complaint(), streams.patience()),
                StreamsHealth.ended(name, running));
        HealthCheckRegistry registry = HealthCheckRegistry.get(getEndpoint().getCamelContext());
        if (registry != null) {
            checks.forEach(registry::register);
        }
        doAsAsked();
        atItsEnd = List.of(
                streams.tables().begun(name, running),
                streams.work().onAsked(getRouteId(), this::doAsAsked),
                streams.work().begun(getRouteId(), new Work(running, works)));
        running.start();
        prober.start();
    }

    private void doAsAsked() {
        RunningFlow asked = running;
        if (asked != null) {
            asked.pause(!streams.work().mayTake(getRouteId()));
        }
    }

    /** The topology, as others see it. */
    private record Work(RunningFlow running, MonitoredDependency works) implements RouteWork.Task {
        @Override
        public boolean isPaused() {
            return running.isPaused();
        }

        @Override
        public Optional<String> trouble() {
            HealthState now = works.now();
            return now.state() == HealthState.State.DOWN ? Optional.ofNullable(now.fault()) : Optional.empty();
        }
    }

    private void tell(String state) {
        if (!isRunAllowed()) {
            return;
        }
        Exchange exchange = createExchange(false);
        exchange.getMessage().setBody(state);
        try {
            getProcessor().process(exchange);
        } catch (Exception e) {
            exchange.setException(e);
        }
        if (exchange.getException() != null) {
            getExceptionHandler().handleException("The route was not told " + state, exchange, exchange.getException());
        }
        releaseExchange(exchange, false);
    }

    @Override
    protected void doStop() throws Exception {
        if (running != null) {
            atItsEnd.forEach(Runnable::run);
            prober.close();
            running.close();
            HealthCheckRegistry registry = HealthCheckRegistry.get(getEndpoint().getCamelContext());
            if (registry != null) {
                checks.forEach(registry::unregister);
            }
            running = null;
        }
        super.doStop();
    }
}
