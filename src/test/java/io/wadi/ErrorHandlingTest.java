package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.RouteTestSupport;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The route configuration {@code dead-letters} of {@code routes/errors.camel.yaml}. */
class ErrorHandlingTest extends RouteTestSupport {
    @Override
    protected Map<String, String> settings() {
        return Map.of();
    }

    private Exchange sendToFailing(Throwable failure) throws Exception {
        context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:any")
                        .routeId("failing")
                        .routeConfigurationId("dead-letters")
                        .process(exchange -> {
                            if (failure instanceof Error error) {
                                throw error;
                            }
                            throw (Exception) failure;
                        });
            }
        });
        start("failing", "kafka:*");
        return send("x");
    }

    static Stream<Throwable> failuresOfTheEnvironment() {
        NoClassDefFoundError missing = new NoClassDefFoundError("a/B");
        missing.initCause(new ClassNotFoundException("a.B"));
        return Stream.of(
                new NotLeaderOrFollowerException("no leader"),
                missing,
                new NoSuchMethodError("a.B.c()"),
                new UnsatisfiedLinkError("libzstd"),
                new ExceptionInInitializerError(new IllegalStateException("broken")),
                new ExceptionInInitializerError(new RuntimeException("broken")));
    }

    @ParameterizedTest
    @MethodSource("failuresOfTheEnvironment")
    void failureOfTheEnvironment_isNotADeadLetter(Throwable failure) throws Exception {
        Exchange sent = sendToFailing(failure);

        assertThat(sent.getException()).isNotNull();
        assertThat(deadLetters).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("failuresOfTheRecord")
    void failureByTheRecord_isADeadLetter(Throwable failure) throws Exception {
        Exchange sent = sendToFailing(failure);

        assertThat(sent.getException()).isNull();
        assertThat(deadLetters).hasSize(1);
    }

    static Stream<Throwable> failuresOfTheRecord() {
        return Stream.of(new IllegalArgumentException("bad"), new StackOverflowError(), new AssertionError("bad"));
    }
}
