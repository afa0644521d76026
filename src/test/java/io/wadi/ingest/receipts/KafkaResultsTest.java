package io.wadi.ingest.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.receipts.KafkaResults.Found;
import io.wadi.testing.Warnings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class KafkaResultsTest {
    private static final Duration MAX_WAIT = Duration.ofMinutes(2);

    private final List<Set<String>> requests = new ArrayList<>();
    /** The results of keys without an immediate response. */
    private final Map<String, CompletableFuture<Long>> late = new HashMap<>();

    private final KafkaResults<String, Long> results = new KafkaResults<>(this::request);

    private Map<String, CompletableFuture<Long>> request(Set<String> keys) {
        requests.add(new TreeSet<>(keys));
        return keys.stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        key -> late.containsKey(key) ? late.get(key) : CompletableFuture.completedFuture(1L)));
    }

    private static Map<String, Long> values(Found<String, Long> found) {
        return found.values().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().value()));
    }

    @Test
    void keyWithoutAResponse_doesNotDelayOthers_andIsRequestedOnce() throws Exception {
        late.put("stuck", new CompletableFuture<>());

        assertThat(values(results.get(Set.of("stuck", "other")))).isEqualTo(Map.of("other", 1L));
        assertThat(values(results.get(Set.of("stuck", "other")))).isEqualTo(Map.of("other", 1L));
        late.get("stuck").complete(2L);
        assertThat(values(results.get(Set.of("stuck")))).isEqualTo(Map.of("stuck", 2L));

        assertThat(requests).containsExactly(Set.of("other", "stuck"), Set.of("other"));
        results.get(Set.of("stuck"));
        assertThat(requests).last().isEqualTo(Set.of("stuck"));
    }

    @Test
    void begunRequest_isNotRepeated_andItsResponseIsAwaited() throws Exception {
        late.put("begun", new CompletableFuture<>());
        KafkaResults<String, Long> longWait = new KafkaResults<>(this::request, MAX_WAIT, KafkaResults.FAILURE_TTL);
        longWait.begin(Set.of("begun"));
        late.get("begun").completeAsync(() -> 2L, CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));

        assertThat(values(longWait.get(Set.of("begun", "other")))).isEqualTo(Map.of("begun", 2L, "other", 1L));

        assertThat(requests).containsExactly(Set.of("begun"), Set.of("other"));
    }

    @Test
    void value_isKeptUntilReplaced_withTheTimeOfItsRequest() throws Exception {
        long before = System.nanoTime();
        Found<String, Long> first = results.get(Set.of("slow"));
        late.put("slow", new CompletableFuture<>());

        assertThat(results.get(Set.of("slow")).values()).isEqualTo(first.values());
        assertThat(first.values().get("slow").begun() - before).isNotNegative();
        late.get("slow").complete(2L);
        assertThat(values(results.get(Set.of("slow")))).isEqualTo(Map.of("slow", 2L));
    }

    @Test
    void expiredFailure_isNotReturned_andTheKeyIsRequestedAgain() throws Exception {
        KafkaResults<String, Long> shortLived = new KafkaResults<>(this::request, KafkaResults.WAIT, Duration.ZERO);
        late.put("recovered", new CompletableFuture<>());
        shortLived.get(Set.of("recovered"));
        late.remove("recovered").completeExceptionally(new TimeoutException("no leader"));

        Found<String, Long> found = shortLived.get(Set.of("recovered"));

        assertThat(found.failures()).isEmpty();
        assertThat(values(found)).isEqualTo(Map.of("recovered", 1L));
    }

    @Test
    void failure_isReturnedOnce_inPlaceOfTheValue() throws Exception {
        results.get(Set.of("failing"));
        late.put("failing", new CompletableFuture<>());
        late.get("failing").completeExceptionally(new TimeoutException("no leader"));

        Found<String, Long> found = results.get(Set.of("failing", "other"));
        late.clear();

        assertThat(found.failures().get("failing")).hasMessage("no leader");
        assertThat(values(found)).isEqualTo(Map.of("other", 1L));
        assertThat(results.get(Set.of("failing")).failures()).isEmpty();
    }

    @Test
    void failuresOfOneCall_areLoggedInOneLine() throws Exception {
        CompletableFuture<Long> failed = CompletableFuture.failedFuture(new TimeoutException("no leader"));
        late.putAll(Map.of("a", failed, "b", failed));

        try (Warnings warnings = new Warnings(KafkaResults.class.getName())) {
            results.get(Set.of("a"));
            assertThat(warnings.take())
                    .containsExactly("Receipts: Kafka did not respond for a: TimeoutException: no leader");
            results.get(Set.of("a", "b"));
            assertThat(warnings.take())
                    .singleElement()
                    .asString()
                    .matches("Receipts: Kafka did not respond for [ab] and 1 more: TimeoutException: no leader");
        }
    }
}
