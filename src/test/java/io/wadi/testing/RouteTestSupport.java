package io.wadi.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.test.junit5.CamelContextConfiguration;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.apache.camel.test.junit5.TestExecutionConfiguration;

/**
 * A base class for tests of one route without servers: {@code direct:in} replaces its consumer, and mocks replace its
 * endpoints. The beans are Wadi's own, which {@code WadiPlugin} binds to every context, except for the step that sends
 * dead letters. The route configurations are those of {@code routes/errors.camel.yaml}.
 */
public abstract class RouteTestSupport extends CamelTestSupport {
    /** The exceptions of the dead letters. */
    protected final List<Exception> deadLetters = new ArrayList<>();

    /** Returns the settings of the route and of Wadi's beans; others have their defaults. */
    protected abstract Map<String, String> settings();

    @Override
    public void configureTest(TestExecutionConfiguration test) {
        super.configureTest(test);
        test.withUseAdviceWith(true);
    }

    @Override
    public void configureContext(CamelContextConfiguration camel) {
        super.configureContext(camel);
        Properties properties = new Properties();
        properties.putAll(settings());
        camel.withUseOverridePropertiesWithPropertiesComponent(properties);
        // Wadi's beans read the settings when the context is built.
        camel.withCamelContextSupplier(() -> {
            DefaultCamelContext context = new DefaultCamelContext(false);
            context.getPropertiesComponent().setOverrideProperties(properties);
            context.build();
            return context;
        });
        Processor takesDeadLetter =
                exchange -> deadLetters.add(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
        camel.withRegistryBinder(registry -> registry.bind("dead-letters", Processor.class, takesDeadLetter));
    }

    /** Loads a file of {@code routes/}. */
    protected void load(String name) throws Exception {
        PluginHelper.getRoutesLoader(context())
                .loadRoutes(ResourceHelper.resolveResource(context(), "file:routes/" + name + ".camel.yaml"));
    }

    /**
     * Starts a route that has been added to the context.
     *
     * @param endpoints the pattern of the endpoints to mock and skip
     */
    protected void start(String route, String endpoints) throws Exception {
        load("errors");
        AdviceWith.adviceWith(context(), route, advice -> {
            advice.replaceFromWith("direct:in");
            advice.mockEndpointsAndSkip(endpoints);
        });
        context().start();
    }

    /** Returns the mock of a Kafka topic. */
    protected MockEndpoint kafka(String topic) {
        return getMockEndpoint("mock:kafka:" + topic);
    }

    /** Sends an exchange through the route. */
    protected Exchange send(Object body) {
        return template().send("direct:in", exchange -> exchange.getMessage().setBody(body));
    }
}
