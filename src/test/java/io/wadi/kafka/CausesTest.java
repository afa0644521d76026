package io.wadi.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.camel.CamelExchangeException;
import org.apache.camel.CamelExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class CausesTest {
    static Stream<UnaryOperator<Throwable>> wrappings() {
        return Stream.of(
                cause -> cause,
                ExecutionException::new,
                CompletionException::new,
                cause -> new CamelExecutionException("exchange failed", null, cause),
                cause -> new CamelExchangeException("exchange failed", null, cause),
                cause ->
                        new CompletionException(new ExecutionException(new CamelExecutionException("x", null, cause))));
    }

    @ParameterizedTest
    @MethodSource("wrappings")
    void unwrap_returnsTheCauseOfAWrapper(UnaryOperator<Throwable> wrapping) {
        IOException reason = new IOException("disk full");

        assertThat(Causes.unwrap(wrapping.apply(reason))).isSameAs(reason);
    }

    @Test
    void unwrap_stopsAtTheFirstErrorWithAMessage() {
        IllegalStateException meaningful = new IllegalStateException("not landed", new IOException("disk full"));

        assertThat(Causes.unwrap(new ExecutionException(meaningful))).isSameAs(meaningful);
    }

    @Test
    void unwrap_wrapperWithoutACause_returnsItself() {
        CompletionException empty = new CompletionException("nothing underneath", null);

        assertThat(Causes.unwrap(empty)).isSameAs(empty);
    }

    static Stream<Arguments> shortForms() {
        return Stream.of(
                arguments(new IOException("disk full"), "IOException: disk full"),
                arguments(new ExecutionException(new IOException("disk full")), "IOException: disk full"),
                arguments(new IOException(), "IOException"),
                arguments(new IOException(""), "IOException: "),
                arguments(new IOException("first\nsecond"), "IOException: first"),
                arguments(new IOException("first\r\nsecond"), "IOException: first"),
                arguments(new IOException("색 😀"), "IOException: 색 😀"),
                arguments(
                        new ExecutionException(new SaslAuthenticationException("wrong")),
                        "SaslAuthenticationException: wrong; see camel.component.kafka.sasl-*"),
                arguments(
                        new SslAuthenticationException("failed"),
                        "SslAuthenticationException: failed; see camel.component.kafka.ssl-*"),
                arguments(
                        new SslAuthenticationException("failed", new IOException("a", new IOException("not trusted"))),
                        "SslAuthenticationException: failed: not trusted; see camel.component.kafka.ssl-*"),
                arguments(
                        new KafkaException("tried", new ExecutionException(new TimeoutException("no node"))),
                        "KafkaException: tried: TimeoutException: no node"),
                arguments(new KafkaException(new TimeoutException("no node")), "TimeoutException: no node"),
                arguments(
                        new KafkaException("tried: no node", new TimeoutException("no node")),
                        "KafkaException: tried: no node"),
                arguments(new KafkaException("tried"), "KafkaException: tried"),
                arguments(new TimeoutException("no answer", new IOException("gone")), "TimeoutException: no answer"),
                arguments(new IOException("x".repeat(587)), "IOException: " + "x".repeat(587)),
                arguments(new IOException("x".repeat(588)), "IOException: " + "x".repeat(586) + "…"));
    }

    @ParameterizedTest
    @MethodSource("shortForms")
    void inShort_returnsTheNameAndTheFirstLine(Throwable error, String text) {
        assertThat(Causes.inShort(error)).isEqualTo(text);
    }
}
