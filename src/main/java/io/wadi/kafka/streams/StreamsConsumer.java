package io.wadi.kafka.streams;

import io.wadi.kafka.RouteControl;
import io.wadi.runtime.health.DebouncedCheck;
import io.wadi.runtime.health.HealthState;
import io.wadi.runtime.health.MonitoredDependency;
import io.wadi.runtime.health.Prober;
import io.wadi.runtime.health.SteadyClock;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.support.DefaultConsumer;

/** A consumer that runs a topology and registers its health checks from the start of the route to its stop. */
final class StreamsConsumer extends DefaultConsumer {
    private static final String CONSEQUENCE =
            "records wait in Kafka and output is delayed; processing resumes by itself, unless a thread hangs: then restart";

    private final String name;
    private final StreamsFlow flow;
    private final StreamsComponent streams;
    private volatile RunningFlow running;
    private Prober prober;
    private List<HealthCheck> checks = List.of();
    private List<Runnable> onStop = List.of();

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
        running = new RunningFlow(name, flow, streams::adminSettings, () -> streams.settings(flow), this::process);
        Clock clock = SteadyClock.instance();
        MonitoredDependency monitored = new MonitoredDependency(streams.thresholds(), clock);
        String check = "wadi-streams-" + name;
        prober = new Prober(check, streams.thresholds().every(), streams.probe(running, flow, clock), monitored);
        checks = List.of(
                new DebouncedCheck(
                        new DebouncedCheck.Subject(check, DebouncedCheck.Use.NONE, "streams:" + name, CONSEQUENCE),
                        monitored,
                        clock),
                StreamsHealth.warning(name, flow.warning(), streams.thresholds()),
                StreamsHealth.ended(name, running));
        HealthCheckRegistry registry = HealthCheckRegistry.get(getEndpoint().getCamelContext());
        if (registry != null) {
            checks.forEach(registry::register);
        }
        onStop = List.of(
                streams.tables().add(name, running),
                streams.routeControl().onTargetSet(getRouteId(), this::applyTargetState),
                streams.routeControl().register(getRouteId(), new Work(running, monitored)));
        // After the listener is registered: a target state that is set in between would be lost.
        applyTargetState();
        running.start();
        prober.start();
    }

    /** Synchronized: otherwise a thread could apply a former state after another thread has applied the latest one. */
    private synchronized void applyTargetState() {
        RunningFlow current = running;
        if (current != null) {
            current.setPaused(!streams.routeControl().mayTake(getRouteId()));
        }
    }

    private record Work(RunningFlow running, MonitoredDependency monitored) implements RouteControl.Task {
        @Override
        public boolean isPaused() {
            return running.isPaused();
        }

        @Override
        public Optional<String> lastingFailure() {
            HealthState now = monitored.now();
            return now.state() == HealthState.State.DOWN ? Optional.ofNullable(now.fault()) : Optional.empty();
        }
    }

    /** Processes an exchange with a new state as its body. */
    private void process(String state) {
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
            getExceptionHandler()
                    .handleException("Processing the state " + state + " failed", exchange, exchange.getException());
        }
        releaseExchange(exchange, false);
    }

    @Override
    protected void doStop() throws Exception {
        if (running != null) {
            onStop.forEach(Runnable::run);
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
