package example;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Map;
import org.apache.camel.builder.RouteBuilder;

/**
 * The route {@code large-orders}: passes on orders above the limit of their currency.
 *
 * <pre>
 *   in      {{orders.topic}}: {"currency":"EUR","items":[{"price":12.5,"count":3},…]}, with any key
 *   out     {{orders.large-topic}}: the same bytes under the same key
 *   once    at least once: an offset is committed after its record is acknowledged
 *   errors  not JSON, a currency without a limit, an item without price or count: dead letter; Kafka unavailable: waits
 *   test    LargeOrdersTest, ExampleJarsIT, CamelCliIT
 * </pre>
 */
public class LargeOrders extends RouteBuilder {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, BigDecimal> LIMITS =
            Map.of("EUR", new BigDecimal(1_000), "USD", new BigDecimal(1_000), "KRW", new BigDecimal(1_500_000));

    @Override
    public void configure() {
        from("kafka:{{orders.topic:orders}}?groupId=large-orders&autoOffsetReset=earliest")
                .routeId("large-orders")
                .routeDescription("Pass on large orders")
                .routeConfigurationId("dead-letters")
                .filter(exchange -> isLarge(exchange.getMessage().getBody(byte[].class)))
                .to("kafka:{{orders.large-topic:orders.large}}")
                .id("to-large-orders");
    }

    private static boolean isLarge(byte[] value) {
        JsonNode order = parse(value);
        BigDecimal limit = LIMITS.get(order.path("currency").asText());
        if (limit == null) {
            throw new IllegalArgumentException(
                    "currency is %s, expected one of %s".formatted(order.path("currency"), LIMITS.keySet()));
        }
        BigDecimal total = BigDecimal.ZERO;
        for (JsonNode item : order.path("items")) {
            if (!item.path("price").isNumber() || !item.path("count").isNumber()) {
                throw new IllegalArgumentException("item is %s, expected the numbers price and count".formatted(item));
            }
            total = total.add(item.path("price")
                    .decimalValue()
                    .multiply(item.path("count").decimalValue()));
        }
        return total.compareTo(limit) > 0;
    }

    private static JsonNode parse(byte[] value) {
        try {
            return JSON.readTree(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
