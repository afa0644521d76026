package io.wadi.kafka.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.records.Masking;
import io.wadi.runtime.ReadLimit;
import io.wadi.runtime.http.JsonResponse;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;

/** {@code GET /tables}, {@code /tables/NAME} and {@code /tables/NAME/KEY} on the management port. */
public final class TableRoutes extends RouteBuilder {
    private static final String PATH = "/tables";

    private final TableLookup lookup;

    public TableRoutes(Tables tables, Masking masking, Supplier<ReadLimit> limit) {
        lookup = new TableLookup(tables, masking, limit);
    }

    @Override
    public void configure() {
        from("management:" + PATH + "?matchOnUriPrefix=true&httpMethodRestrict=GET,HEAD")
                .routeId("api-tables")
                .process(this::respond);
    }

    private void respond(Exchange exchange) throws InterruptedException {
        TableResponse response = respond(exchange.getMessage());
        JsonResponse.writeBytes(exchange, response.code(), response.body().getBytes(UTF_8));
    }

    private TableResponse respond(Message request) throws InterruptedException {
        String path = request.getHeader(Exchange.HTTP_PATH, PATH, String.class);
        if (!path.equals(PATH) && !path.startsWith(PATH + "/")) {
            // The prefix of the endpoint is not a whole segment of the path.
            return TableResponse.error(TableResponse.NOT_FOUND, "no endpoint has this path: expected /tables/NAME/KEY");
        }
        try {
            return lookup.respond(TableRequest.of(request));
        } catch (IllegalArgumentException e) {
            return TableResponse.error(TableResponse.BAD, e.getMessage());
        }
    }
}
