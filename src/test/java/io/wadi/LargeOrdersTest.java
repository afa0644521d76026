package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.LibraryJar;
import io.wadi.testing.RouteTestSupport;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.RoutesBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java route of {@code examples/large-orders} without servers. */
class LargeOrdersTest extends RouteTestSupport {
    @TempDir
    private Path classes;

    @Override
    protected Map<String, String> settings() {
        return Map.of("orders.large-topic", "large");
    }

    @Test
    void ordersAboveTheLimit_areForwardedUnchanged_andInvalidOnesAreDeadLetters() throws Exception {
        LibraryJar.compile(classes, Path.of("examples/large-orders/src/main/java/example/LargeOrders.java"));
        try (URLClassLoader library = new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            context().addRoutes((RoutesBuilder)
                    library.loadClass("example.LargeOrders").getConstructor().newInstance());
            start("large-orders", "kafka:*");
            byte[] large = order("EUR", "1000.01", 1);
            kafka("large").expectedBodiesReceived(large, order("KRW", "500000", 4));

            assertThat(send(large).getException()).isNull();
            send(order("EUR", "500", 2));
            send(order("KRW", "500000", 4));
            send(order("XYZ", "1", 1));
            send("{".getBytes(UTF_8));

            kafka("large").assertIsSatisfied();
            assertThat(deadLetters)
                    .extracting(Exception::getMessage)
                    .satisfiesExactly(
                            why -> assertThat(why).startsWith("currency is \"XYZ\", expected one of ["),
                            why -> assertThat(why).contains("Unexpected end-of-input"));
        }
    }

    private static byte[] order(String currency, String price, int count) {
        return "{\"currency\":\"%s\",\"items\":[{\"price\":%s,\"count\":%d}]}"
                .formatted(currency, price, count)
                .getBytes(UTF_8);
    }
}
