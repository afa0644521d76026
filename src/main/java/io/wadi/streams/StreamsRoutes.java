package io.wadi.streams;

import io.wadi.streams.topology.DeclaredFlow;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteBuilder;

/** A route for each running file, so that it is started, paused, stopped and shown like others. */
public final class StreamsRoutes extends RouteBuilder {
    private final Function<CamelContext, List<DeclaredFlow>> flows;
    private final Predicate<String> isToStart;

    /**
     * Creates the routes.
     *
     * @param flows reads the files; called once expressions can be compiled
     * @param isToStart whether a route is started
     */
    StreamsRoutes(Function<CamelContext, List<DeclaredFlow>> flows, Predicate<String> isToStart) {
        this.flows = flows;
        this.isToStart = isToStart;
    }

    @Override
    public void configure() {
        for (DeclaredFlow flow : flows.apply(getContext())) {
            // An exchange has a state of Kafka Streams as its body; records are processed within Kafka Streams only.
            from("streams:" + flow.name())
                    .routeId(flow.route())
                    .autoStartup(isToStart.test(flow.route()))
                    .routeDescription(flow.description())
                    .log(LoggingLevel.INFO, "wadi.streams", flow.name() + ": ${body}");
        }
    }
}
