package io.wadi.management.connectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;

/** Kafka Connect's REST API on the management port, and the OpenAPI document that says what is there. */
public final class ControlRoutes extends RouteBuilder {
    private static final String JSON = "application/json";

    private final ConnectApi api;

    /** Takes what answers. */
    public ControlRoutes(ConnectApi api) {
        super();
        this.api = api;
    }

    @Override
    public void configure() {
        from("management:/connectors?matchOnUriPrefix=true").routeId("connect").process(this::answer);
        from("management:/connector-plugins?matchOnUriPrefix=true")
                .routeId("connect-plugins")
                .process(this::answer);
        from("management:/openapi.json?httpMethodRestrict=GET")
                .routeId("api-openapi")
                .process(ControlRoutes::describe);
    }

    /** Answers a request of Kafka Connect's API, whichever route has taken it. */
    public void answer(Exchange exchange) throws JsonProcessingException {
        ConnectApi.Answer answer = api.answer(ConnectRequest.of(exchange.getMessage()));
        Message message = begin(exchange);
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, answer.code());
        if (answer.body() == null) {
            message.setBody(null);
            message.removeHeader(Exchange.CONTENT_TYPE);
        } else {
            message.setBody(ConnectJson.JSON.writeValueAsBytes(answer.body()));
        }
    }

    private static void describe(Exchange exchange) throws IOException {
        try (InputStream document = ControlRoutes.class.getResourceAsStream("openapi.json")) {
            begin(exchange).setBody(document.readAllBytes());
        }
    }

    private static Message begin(Exchange exchange) {
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.CONTENT_TYPE, JSON);
        message.setHeader("Cache-Control", "no-store");
        return message;
    }
}
