package io.wadi.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Errors of the kinds of steps that Camel adapts differently. */
class StepErrorsTest {
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final AtomicInteger next = new AtomicInteger();

    @BeforeEach
    void intercept() {
        context.getCamelContextExtension().addInterceptStrategy(new StepErrors());
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private static void fail(Exchange exchange) {
        throw new StackOverflowError(exchange.getExchangeId());
    }

    private Exchange send(RouteBuilder routes) throws Exception {
        context.addRoutes(routes);
        context.start();
        return context.createProducerTemplate().send("direct:in", sent -> {});
    }

    @Test
    void errorOfAProcessor_isAnExceptionOfTheExchange_whichIsCompletedOnce() throws Exception {
        Exchange ended = send(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:in")
                        .routeId("failing")
                        .process(StepErrorsTest::fail)
                        .process(any -> next.incrementAndGet());
            }
        });

        assertThat(ended.getException()).hasRootCauseInstanceOf(StackOverflowError.class);
        assertThat(next).hasValue(0);
        assertThat(context.getInflightRepository().size("failing")).isZero();
    }

    @Test
    void errorOfAProducer_isAnExceptionOfTheExchange_whichIsCompletedOnce() throws Exception {
        Exchange ended = send(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:in")
                        .routeId("failing")
                        .to(new FailingEndpoint(StepErrorsTest.this.context))
                        .process(any -> next.incrementAndGet());
            }
        });

        assertThat(ended.getException()).hasRootCauseInstanceOf(StackOverflowError.class);
        assertThat(next).hasValue(0);
        assertThat(context.getInflightRepository().size("failing")).isZero();
    }

    /** The handling waits on another thread: a second completion would run the next step meanwhile. */
    @Test
    void errorThatIsHandledAsynchronously_endsTheRoute() throws Exception {
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
        assertThat(next).hasValue(0);
        assertThat(context.getInflightRepository().size("failing")).isZero();
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
