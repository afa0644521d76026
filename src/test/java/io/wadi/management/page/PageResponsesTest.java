package io.wadi.management.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.runtime.QueryParameters;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PageResponsesTest {
    @AutoClose
    private final CamelContext camel = new DefaultCamelContext();

    private Exchange exchange(Exception failure) throws Exception {
        Exchange exchange = new DefaultExchange(camel);
        PageResponses.with(request -> {
                    throw failure;
                })
                .process(exchange);
        return exchange;
    }

    private String failed(KafkaException failure) throws Exception {
        Exchange exchange = exchange(failure);
        return exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE) + " "
                + new String(exchange.getMessage().getBody(byte[].class), UTF_8);
    }

    @Test
    void errorsThatKafkaReturns_areDistinguishedFromMissingResponses() throws Exception {
        TopicAuthorizationException denied = new TopicAuthorizationException(Set.of("x"));
        String rejected = "502 {\"error\":\"Kafka has rejected the request: ";

        assertThat(failed(denied))
                .isEqualTo(rejected + "TopicAuthorizationException: Not authorized to access topics: [x]\"}");
        assertThat(failed(new KafkaException("Failed to write", denied)))
                .isEqualTo(rejected + "KafkaException: Failed to write: TopicAuthorizationException:"
                        + " Not authorized to access topics: [x]\"}");
        assertThat(failed(new InvalidTopicException(Set.of("a b"))))
                .isEqualTo("400 {\"error\":\"Invalid topics: [a b]\"}");
        for (KafkaException silent : List.of(
                new TimeoutException("late"),
                new KafkaException("Failed to write", new TimeoutException("late")),
                new KafkaException("no broker"))) {
            assertThat(failed(silent)).startsWith("503 {\"error\":\"Kafka does not respond: ");
        }
    }

    @Test
    void unavailableServer_hasRetryAfter() throws Exception {
        for (Exception retryable : List.of(new TimeoutException("late"), new PageResponses.BusyException("busy"))) {
            assertThat(exchange(retryable).getMessage().getHeader("Retry-After"))
                    .isEqualTo("1");
        }
        assertThat(exchange(new PageResponses.NotFoundException("no"))
                        .getMessage()
                        .getHeader("Retry-After"))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"topic", "limit", "offset"})
    void emptyParameter_isNotAMissingOne(String name) {
        Exchange exchange = new DefaultExchange(camel);
        Message request = exchange.getMessage();
        request.setHeader(Exchange.HTTP_RAW_QUERY, name + "=");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> {
                    PageResponses.text(request, "topic", "an integer");
                    PageResponses.number(request, "limit", 50, 200);
                    PageResponses.number(request, "offset", Long.class);
                })
                .withMessage("Invalid value '' for " + name + ": expected an integer");
    }

    /** The audit log contains the query, but no headers. */
    @Test
    void httpHeader_isNoParameter() {
        Message request = new DefaultExchange(camel).getMessage();
        request.setHeader("all", "true");
        request.setHeader("limit", "9");
        request.setHeader(Exchange.HTTP_RAW_QUERY, "group=a+%26%20b");

        assertThat(QueryParameters.flag(request, "all")).isFalse();
        assertThat(PageResponses.number(request, "limit", 50, 200)).isEqualTo(50);
        assertThat(PageResponses.text(request, "group", "a cause")).isEqualTo("a & b");
    }

    @Test
    void unknownParameter_is400() throws Exception {
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setHeader(Exchange.HTTP_RAW_QUERY, "limt=1");

        PageResponses.with(request -> List.of(), "limit", "since").process(exchange);

        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(400);
        assertThat(exchange.getMessage().getBody(String.class))
                .isEqualTo("{\"error\":\"unknown parameter limt; expected limit, since; did you mean limit?\"}");
    }
}
