package io.wadi.indexing.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchOptions;
import io.wadi.indexing.document.IndexName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.health.HealthCheck;
import org.junit.jupiter.api.Test;

/** Setup of the indices of routes that start and stop, without Elasticsearch. */
final class IndexSetupTest {
    private static final Instant NOW = Instant.parse("2026-11-27T10:00:00Z");

    private final ElasticsearchAdmin unreachable = new ElasticsearchAdmin(new ElasticsearchConnection(
            new ElasticsearchOptions(List.of("http://127.0.0.1:1"), "", "", "", "", Duration.ofSeconds(10))));

    @Test
    void indexOfAStoppedRoute_isNeitherWaitedForNorProbed() throws Exception {
        try (IndexSetup setup =
                new IndexSetup(List.of(), unreachable, new IndexOrigins(unreachable, topic -> Optional.empty()))) {
            Readiness mistyped = setup.add(IndexName.of("evnets"));
            Readiness dated = setup.add(IndexName.of("events-{yyyy.MM.dd}"));
            Readiness sameIndex = setup.add(IndexName.of("events-{yyyy.MM.dd}"));
            await().until(() -> mistyped.isAttempted() && dated.isAttempted() && sameIndex.isAttempted());
            assertThat(setup.call().getState()).isEqualTo(HealthCheck.State.DOWN);
            assertThat(setup.writtenTo(NOW)).containsExactly("events-2026.11.27", "evnets");

            mistyped.close();
            dated.close();
            assertThat(setup.writtenTo(NOW)).containsExactly("events-2026.11.27");

            sameIndex.close();
            assertThat(setup.writtenTo(NOW)).isEmpty();
            assertThat(setup.call().getState()).isEqualTo(HealthCheck.State.UP);
        }
    }

    /** Otherwise the thread would end, and neither this step nor a later one would be attempted any more. */
    @Test
    void stepThatFailsWithAnError_isAttemptedAgain() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        IndexOrigins failing = new IndexOrigins(unreachable, topic -> {
            if (attempts.incrementAndGet() == 1) {
                throw new NoClassDefFoundError("of this test");
            }
            return Optional.empty();
        });
        try (IndexSetup setup = new IndexSetup(List.of(), unreachable, failing)) {
            Readiness origin = setup.addOrigin(IndexName.of("events-{yyyy.MM.dd}"), "events");
            await().until(() -> origin.obstacle() == null);
            assertThat(attempts).hasValue(2);
        }
    }
}
