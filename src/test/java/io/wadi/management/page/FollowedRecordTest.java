package io.wadi.management.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.records.Masking;
import io.wadi.management.TopicView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FollowedRecordTest {
    @AutoClose
    private final CamelContext camel = new DefaultCamelContext();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicInteger reading = new AtomicInteger();
    private final ReadRequests requests = new ReadRequests(1, 1 << 20);
    private final FollowedRecord followed = new FollowedRecord(
            () -> (partition, offset) -> Optional.of(Map.of("indexed", Map.of("index", "colors", "id", "1"))),
            () -> null,
            Blocking::new,
            Masking.NONE,
            requests);

    /** Documents that are returned once the test permits it. */
    private final class Blocking implements TopicView.Documents {
        @Override
        public String url() {
            return "";
        }

        @Override
        public List<TopicView.IndexingRoute> routes() {
            return List.of();
        }

        @Override
        public Optional<TopicView.Document> find(String index, String id) {
            reading.incrementAndGet();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return Optional.of(new TopicView.Document("url", Map.of("color", "red")));
        }

        @Override
        public OptionalLong count(String index) {
            return OptionalLong.empty();
        }
    }

    @BeforeEach
    void start() throws Exception {
        camel.start();
    }

    @AfterEach
    void close() {
        go.countDown();
        threads.shutdownNow();
    }

    private ObjectNode find() throws Exception {
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setHeader(Exchange.HTTP_RAW_QUERY, "topic=t&partition=0&offset=1");
        return followed.find(exchange.getMessage());
    }

    @Test
    void documentsAreReadWithinTheLimitOfReads() throws Exception {
        Future<ObjectNode> first = threads.submit(this::find);
        await().until(() -> reading.get() == 1);
        threads.submit(this::find);
        await().until(() -> requests.waiting() == 1);

        ObjectNode rejected = find();
        go.countDown();

        assertThat(rejected.at("/indexed/problem").textValue())
                .isEqualTo("the document was not read: 1 other requests are reading topics; try again");
        assertThat(rejected.at("/indexed/id").textValue()).isEqualTo("1");
        assertThat(first.get().at("/indexed/document")).hasToString("{\"color\":\"red\"}");
    }
}
