package io.wadi.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors in the kinds of steps that Camel adapts in different ways. */
class StepErrorsTest {
    @AutoClose("stop")
    private final DefaultCamelContext context = new DefaultCamelContext();

    private final AtomicInteger next = new AtomicInteger();

    @BeforeEach
    void intercept() {
        context.getCamelContextExtension().addInterceptStrategy(new StepErrors());
    }

    private static void fail(Exchange exchange) {
        throw new StackOverflowError(exchange.getExchangeId());
    }

    private Exchange send(RouteBuilder routes) throws Exception {
        context.addRoutes(routes);
        context.start();
        return context.createProducerTemplate().send("direct:in", sent -> {});
    }

    /** Asserts that the next step has not run and that the exchange was completed once. */
    private void assertEnded() {
        assertThat(next).hasValue(0);
        assertThat(context.getInflightRepository().size("failing")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void errorInAProcessorOrProducer_becomesTheExchangesException(boolean isProducer) throws Exception {
        Exchange ended = send(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                RouteDefinition route = from("direct:in").routeId("failing");
                if (isProducer) {
                    route.to(new FailingEndpoint(StepErrorsTest.this.context));
                } else {
                    route.process(StepErrorsTest::fail);
                }
                route.process(any -> next.incrementAndGet());
            }
        });

        assertThat(ended.getException()).hasRootCauseInstanceOf(StackOverflowError.class);
        assertEnded();
    }

    /** The error handling waits on another thread; a second completion would run the next step meanwhile. */
    @Test
    void errorHandledAsynchronously_endsTheRoute() throws Exception {
        Exchange ended = send(new RouteBuilder() {
            @Override
            public void configure() {
                onException(Throwable.class)
                        .handled(true)
                        .delay(100)
                        .asyncDelayed()
                        .end()
                        .setBody(constant("handled"));
                from("direct:in")
                        .routeId("failing")
                        .process(StepErrorsTest::fail)
                        .process(any -> next.incrementAndGet());
            }
        });

        assertThat(ended.getMessage().getBody()).isEqualTo("handled");
        assertEnded();
    }

    private static final class FailingEndpoint extends DefaultEndpoint {
        FailingEndpoint(CamelContext context) {
            setCamelContext(context);
        }

        @Override
        protected String createEndpointUri() {
            return "failing:step";
        }

        @Override
        public DefaultProducer createProducer() {
            return new DefaultProducer(this) {
                @Override
                public void process(Exchange exchange) {
                    StepErrorsTest.fail(exchange);
                }
            };
        }

        @Override
        public Consumer createConsumer(Processor processor) {
            throw new UnsupportedOperationException("supports producers only");
        }
    }
}
