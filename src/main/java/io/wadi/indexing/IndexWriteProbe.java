package io.wadi.indexing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.indexing.bulk.BulkOutcome;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.LazyRestClient;
import io.wadi.kafka.Causes;
import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.Prober;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.http.HttpStatus;
import org.apache.http.client.config.RequestConfig;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.RequestOptions;
import org.elasticsearch.client.Response;
import org.elasticsearch.client.ResponseException;

/**
 * A health probe for writes to Elasticsearch. It sends an invalid document to the primary shard of each index that is
 * written to. A working shard rejects it as malformed; a read-only or closed index, an overloaded node or a missing
 * shard responds with another error, as {@link BulkOutcome} defines. Nothing is written. The probe also checks that
 * these indices have all their primary shards.
 */
final class IndexWriteProbe implements Prober.Probe {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LazyRestClient client;
    private final Supplier<Set<String>> indices;
    private final Runnable onOutage;
    private final RequestOptions options;

    /**
     * Creates a probe that connects at its first run.
     *
     * @param indices returns the indices that are currently written to
     * @param onOutage called if Elasticsearch does not respond
     * @param within the timeout of each response
     */
    IndexWriteProbe(
            ElasticsearchConnection elasticsearch, Supplier<Set<String>> indices, Runnable onOutage, Duration within) {
        this.client = new LazyRestClient(elasticsearch);
        this.indices = indices;
        this.onOutage = onOutage;
        int ms = (int) within.toMillis();
        this.options = RequestOptions.DEFAULT.toBuilder()
                // These settings replace those of the client. A redirected request would pass on the credentials.
                .setRequestConfig(RequestConfig.custom()
                        .setRedirectsEnabled(false)
                        .setConnectTimeout(ms)
                        .setConnectionRequestTimeout(ms)
                        .setSocketTimeout(ms)
                        .build())
                .build();
    }

    @Override
    public CheckResult check() {
        long begun = System.nanoTime();
        try {
            List<String> existing = existing();
            Optional<String> red = red(existing);
            Optional<String> refusal = red.isPresent() || existing.isEmpty() ? red : refusal(existing);
            return refusal.map(CheckResult::fault)
                    .orElseGet(() -> CheckResult.proof("%s in %d ms"
                            .formatted(
                                    existing.isEmpty()
                                            ? "responds; no index exists yet"
                                            : "accepts documents for " + String.join(", ", existing),
                                    (System.nanoTime() - begun) / 1_000_000)));
        } catch (IOException | RuntimeException e) {
            if (!(e instanceof ResponseException)) {
                onOutage.run();
            }
            return CheckResult.fault("the probe failed: " + Causes.inShort(e));
        }
    }

    /**
     * Returns the indices that exist. A missing index, alias or data stream is created by its first document, not by a
     * probe.
     */
    private List<String> existing() throws IOException {
        List<String> existing = new ArrayList<>();
        for (String index : indices.get()) {
            if (send(new Request("HEAD", "/" + index)).getStatusLine().getStatusCode() != HttpStatus.SC_NOT_FOUND) {
                existing.add(index);
            }
        }
        return existing;
    }

    private Optional<String> red(List<String> existing) throws IOException {
        try {
            Request request = new Request(
                    "GET", "/_cluster/health" + (existing.isEmpty() ? "" : "/" + String.join(",", existing)));
            request.addParameter("timeout", "1s");
            String status = json(request).path("status").asText();
            return "red".equals(status)
                    ? Optional.of(
                            existing.isEmpty()
                                    ? "the cluster is red: primary shards are unavailable"
                                    : String.join(", ", existing) + ": red: primary shards are unavailable")
                    : Optional.empty();
        } catch (ResponseException e) {
            if (e.getResponse().getStatusLine().getStatusCode() == HttpStatus.SC_FORBIDDEN) {
                return Optional.empty(); // The privilege to write does not include that to read this.
            }
            throw e;
        }
    }

    private Optional<String> refusal(List<String> existing) throws IOException {
        StringBuilder body = new StringBuilder();
        existing.forEach(index -> body.append(
                "{\"create\":{\"_index\":\"%s\",\"_id\":\"wadi-health\"}}\nno document\n".formatted(index)));
        Request request = new Request("POST", "/_bulk");
        request.addParameter("timeout", "1s");
        request.setJsonEntity(body.toString());
        for (JsonNode item : json(request).path("items")) {
            JsonNode result = item.path("create");
            int status = result.path("status").asInt();
            String type = result.path("error").path("type").asText();
            String reason = result.path("error").path("reason").asText();
            BulkOutcome outcome = BulkOutcome.ofItem(status, type, reason);
            if (outcome == BulkOutcome.AGAIN || outcome == BulkOutcome.WAIT) {
                return Optional.of("%s rejects documents: %d %s: %s"
                        .formatted(result.path("_index").asText(), status, type, reason));
            }
        }
        return Optional.empty();
    }

    private JsonNode json(Request request) throws IOException {
        try (InputStream content = send(request).getEntity().getContent()) {
            return JSON.readTree(content);
        }
    }

    private Response send(Request request) throws IOException {
        request.setOptions(options);
        return client.get().performRequest(request);
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            // The client is not used again.
        }
    }
}
