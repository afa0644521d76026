package io.wadi.management.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.management.TopicView;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Concurrent and failing audits, without servers. */
final class LandedRoutesTest {
    @AutoClose
    private final CamelContext camel = new DefaultCamelContext();

    private final CountDownLatch auditing = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final LandedRoutes routes = new LandedRoutes(
            BlockingFiles::new,
            new IndexedTopics(() -> null, Properties::new, () -> null, new ReadRequests(1, 1 << 20)));

    /** The audit of one topic blocks until it is released; the others fail. */
    private final class BlockingFiles implements TopicView.Files {
        @Override
        public Object topics() {
            return Map.of();
        }

        @Override
        public Object files(String topic) {
            return Map.of("of", topic);
        }

        @Override
        public Object preview(String topic, String file) {
            return Map.of();
        }

        @Override
        public String url(String path) {
            return path;
        }

        @Override
        public Object audit(String topic) throws IOException, InterruptedException {
            switch (topic) {
                case "gone" -> throw new FileNotFoundException("nothing of a topic gone has landed");
                case "wrong" -> throw new IllegalArgumentException("no topic");
                case "hdfs" -> throw new IOException("connection refused\n\tat somewhere");
                case "kafka" -> throw new TimeoutException("Kafka at nowhere does not respond");
                default -> {
                    auditing.countDown();
                    released.await();
                    return Map.of("audited", topic);
                }
            }
        }
    }

    private String audit(String topic) throws Exception {
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setHeader("topic", topic);
        routes.audits().process(exchange);
        return exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 200) + " "
                + new String(exchange.getMessage().getBody(byte[].class), UTF_8);
    }

    @Test
    void audit_whileAnotherRuns_isRejected_andTheFirstContinues() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<String> first = other.submit(() -> audit("clicks"));
            auditing.await();

            assertThat(audit("clicks"))
                    .isEqualTo("503 {\"error\":\"another audit is running: try again when it has ended\"}");
            assertThat(routes.files("clicks").get("audit")).isNull();

            released.countDown();
            assertThat(first.get()).isEqualTo("200 {\"audited\":\"clicks\"}");
            assertThat(routes.files("clicks")).containsEntry("audit", Map.of("audited", "clicks"));
            assertThat(audit("clicks")).startsWith("200 ");
        } finally {
            released.countDown();
            other.shutdown();
        }
    }

    @Test
    void failedAudit_reportsTheReason_andTheNextMayStart() throws Exception {
        released.countDown();

        assertThat(audit("gone")).isEqualTo("404 {\"error\":\"nothing of a topic gone has landed\"}");
        assertThat(audit("wrong")).isEqualTo("400 {\"error\":\"no topic\"}");
        assertThat(audit("hdfs")).isEqualTo("503 {\"error\":\"HDFS request failed: IOException: connection refused\"}");
        assertThat(audit("kafka"))
                .isEqualTo("503 {\"error\":\"Kafka does not respond:"
                        + " TimeoutException: Kafka at nowhere does not respond\"}");
        assertThat(audit("clicks")).startsWith("200 ");
    }

    @Test
    void auditsOfManyTopics_areEvicted() throws Exception {
        released.countDown();
        for (int i = 0; i <= 50; i++) {
            audit("topic-" + i);
        }

        assertThat(routes.files("topic-0").get("audit")).isNull();
        assertThat(routes.files("topic-50").get("audit")).isNotNull();
    }
}
