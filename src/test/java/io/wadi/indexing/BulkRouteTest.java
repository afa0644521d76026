package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import co.elastic.clients.elasticsearch.core.BulkRequest;
import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import co.elastic.clients.util.BinaryData;
import co.elastic.clients.util.ContentType;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.wadi.local.Ports;
import io.wadi.testing.RouteTestSupport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The route {@code bulk} as shipped, with a stub of Elasticsearch, while routes stop and start. */
class BulkRouteTest extends RouteTestSupport {
    private static final byte[] RESPONSE = """
            {"errors":false,"took":1,"items":[{"create":{"_index":"events","_id":"1","_version":1,"result":"created",
             "_shards":{"total":1,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1,"status":201}}]}
            """.getBytes(UTF_8);

    private static HttpServer elasticsearch;

    @BeforeAll
    static void startServer() throws IOException {
        elasticsearch = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        elasticsearch.createContext("/_bulk", BulkRouteTest::respond);
        elasticsearch.start();
    }

    @AfterAll
    static void stopServer() {
        elasticsearch.stop(0);
    }

    private static void respond(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
        exchange.sendResponseHeaders(200, RESPONSE.length);
        exchange.getResponseBody().write(RESPONSE);
        exchange.close();
    }

    @Override
    protected Map<String, String> settings() {
        return Map.of(
                "wadi.kafka.brokers", "localhost:" + Ports.free(),
                "wadi.elasticsearch.hosts",
                        "localhost:" + elasticsearch.getAddress().getPort());
    }

    @BeforeEach
    void startRoutes() throws Exception {
        load("indexing");
        start("indexing", "indexing:*");
    }

    private void requireIndexed() {
        BulkRequest.Builder request = new BulkRequest.Builder()
                .operations(operation -> operation.create(create -> create.index("events")
                        .id("1")
                        .document(BinaryData.of("{}".getBytes(UTF_8), ContentType.APPLICATION_JSON))));

        Exchange sent = template()
                .request("direct:bulk", exchange -> exchange.getMessage().setBody(request));

        assertThat(sent.getException()).isNull();
        List<?> items = sent.getMessage().getBody(List.class);
        assertThat(items)
                .singleElement()
                .isInstanceOfSatisfying(
                        BulkResponseItem.class,
                        item -> assertThat(item.status()).isEqualTo(201));
    }

    @Test
    void restartedRoute_sendsRequests() throws Exception {
        requireIndexed();

        context().getRouteController().stopRoute("bulk");
        context().getRouteController().startRoute("bulk");

        requireIndexed();
    }

    /** A reload of changed route files removes a route and adds it again. */
    @Test
    void replacedRoute_sendsRequests() throws Exception {
        requireIndexed();

        context().getRouteController().stopRoute("bulk");
        context().removeRoute("bulk");
        context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:bulk")
                        .routeId("bulk")
                        .errorHandler(noErrorHandler())
                        .to("elasticsearch:wadi?operation=Bulk");
            }
        });

        requireIndexed();
    }
}
