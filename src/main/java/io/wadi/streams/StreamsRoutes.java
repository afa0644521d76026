package io.wadi.streams;

import io.wadi.streams.topology.DeclaredFlow;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteBuilder;

/** A route for each file that is run, so that it is started, paused, drained, stopped and shown like any other. */
public final class StreamsRoutes extends RouteBuilder {
    private final Function<CamelContext, List<DeclaredFlow>> flows;
    private final Predicate<String> isToStart;

    /** Takes what reads the files, once expressions can be compiled. */
    public StreamsRoutes(Function<CamelContext, List<DeclaredFlow>> flows) {
        this(flows, route -> true);
    }

    /** The same, where some routes are not to be started with the others. */
    StreamsRoutes(Function<CamelContext, List<DeclaredFlow>> flows, Predicate<String> isToStart) {
        super();
        this.flows = flows;
        this.isToStart = isToStart;
    }

    @Override
    public void configure() {
        for (DeclaredFlow flow : flows.apply(getContext())) {
            // What comes here is how Kafka Streams is doing; the records stay within.
            from("streams:" + flow.name())
                    .routeId(flow.route())
                    .autoStartup(isToStart.test(flow.route()))
                    .routeDescription(flow.description())
                    .log(LoggingLevel.INFO, "wadi.streams", flow.name() + ": ${body}");
        }
    }
}
