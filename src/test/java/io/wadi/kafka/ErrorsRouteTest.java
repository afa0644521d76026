package io.wadi.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code routes/errors.camel.yaml} as shipped: the kind of failure decides what happens to the record. */
class ErrorsRouteTest extends CamelTestSupport {
    private final List<Exception> deadLetters = new ArrayList<>();
    private Exception refusal;

    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext camel = super.createCamelContext();
        camel.getRegistry().bind("dead-letters", Processor.class, (Processor) this::keepDeadLetter);
        PluginHelper.getRoutesLoader(camel)
                .loadRoutes(ResourceHelper.resolveResource(camel, "file:routes/errors.camel.yaml"));
        return camel;
    }

    private void keepDeadLetter(Exchange exchange) throws Exception {
        if (refusal != null) {
            throw refusal;
        }
        deadLetters.add(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
    }

    @Override
    protected RoutesBuilder createRouteBuilder() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:record")
                        .routeId("record")
                        .routeConfigurationId("dead-letters")
                        .process(exchange -> {
                            throw exchange.getMessage().getBody(Exception.class);
                        });
            }
        };
    }

    static List<Exception> faultsOfTheRecord() {
        return List.of(
                new IllegalArgumentException("no document"),
                new RecordTooLargeException("too large"),
                new NullPointerException("a defect of a step"));
    }

    static List<Exception> faultsOfKafka() {
        return List.of(new TimeoutException("no answer"), new TopicAuthorizationException("metric.cpu"));
    }

    @ParameterizedTest
    @MethodSource("faultsOfTheRecord")
    void recordFailure_isADeadLetter_andCompletesTheRecord(Exception fault) {
        Exchange record =
                template.send("direct:record", exchange -> exchange.getMessage().setBody(fault));

        assertThat(record.getException()).isNull();
        assertThat(deadLetters).containsExactly(fault);
    }

    @ParameterizedTest
    @MethodSource("faultsOfKafka")
    void kafkaFailure_leavesTheRecordUncompleted_forRedelivery(Exception fault) {
        Exchange record =
                template.send("direct:record", exchange -> exchange.getMessage().setBody(fault));

        assertThat(record.getException()).isSameAs(fault);
        assertThat(deadLetters).isEmpty();
    }

    @Test
    void failedDeadLetter_leavesTheRecordUncompleted() {
        refusal = new TimeoutException("the dead-letter topic does not answer");

        Exchange record = template.send(
                "direct:record",
                exchange -> exchange.getMessage().setBody(new IllegalArgumentException("no document")));

        assertThat(record.getException()).isSameAs(refusal);
    }
}
