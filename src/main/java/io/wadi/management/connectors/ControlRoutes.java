package io.wadi.management.connectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.wadi.runtime.http.JsonResponse;
import java.io.IOException;
import java.io.InputStream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/** The routes of Kafka Connect's REST API and of the OpenAPI document on the management port. */
public final class ControlRoutes extends RouteBuilder {
    private final ConnectApi api;

    public ControlRoutes(ConnectApi api) {
        this.api = api;
    }

    @Override
    public void configure() {
        from("management:/connectors?matchOnUriPrefix=true").routeId("connect").process(this::answer);
        from("management:/connector-plugins?matchOnUriPrefix=true")
                .routeId("connect-plugins")
                .process(this::answer);
        from("management:/openapi.json?httpMethodRestrict=GET,HEAD")
                .routeId("api-openapi")
                .process(ControlRoutes::describe);
    }

    /** Handles a request to Kafka Connect's API. Routes of other paths may call this method, too. */
    public void answer(Exchange exchange) throws JsonProcessingException {
        ConnectApi.Answer answer = api.handle(ConnectRequest.of(exchange.getMessage()));
        JsonResponse.write(exchange, answer.status(), answer.body());
        if (answer.allowed() != null) {
            exchange.getMessage().setHeader("Allow", answer.allowed());
        }
        if (answer.status() == 201) {
            exchange.getMessage()
                    .setHeader(
                            "Location",
                            "/connectors/" + answer.body().path("name").asText());
        }
    }

    private static void describe(Exchange exchange) throws IOException {
        try (InputStream document = ControlRoutes.class.getResourceAsStream("openapi.json")) {
            JsonResponse.writeBytes(exchange, 200, document.readAllBytes());
        }
    }
}
