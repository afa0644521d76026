package io.wadi.indexing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.indexing.client.ElasticsearchConnection;
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
import org.apache.http.client.config.RequestConfig;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.RequestOptions;
import org.elasticsearch.client.Response;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.RestClient;

/**
 * A health probe for writes to Elasticsearch. It sends something that is no document to the primary shard of each
 * written index: a working shard rejects it as malformed, while a read-only index, an overloaded node or a missing
 * shard answers otherwise. Nothing is written. It also checks that these indices have all their primary shards.
 */
final class IndexWriteProbe implements Prober.Probe {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int FORBIDDEN = 403;

    private final ElasticsearchConnection elasticsearch;
    private final Supplier<Set<String>> indices;
    private final RequestOptions options;
    private RestClient client;

    /** Takes the indices written to now and the timeout of each response. Connects at the first probe. */
    IndexWriteProbe(ElasticsearchConnection elasticsearch, Supplier<Set<String>> indices, Duration within) {
        this.elasticsearch = elasticsearch;
        this.indices = indices;
        int ms = (int) within.toMillis();
        this.options = RequestOptions.DEFAULT.toBuilder()
                .setRequestConfig(RequestConfig.custom()
                        .setConnectTimeout(ms)
                        .setConnectionRequestTimeout(ms)
                        .setSocketTimeout(ms)
                        .build())
                .build();
    }

    @Override
    public CheckResult look() {
        long begun = System.nanoTime();
        try {
            List<String> there = existing();
            Optional<String> red = red(there);
            Optional<String> refusal = red.isPresent() || there.isEmpty() ? red : refusal(there);
            return refusal.map(CheckResult::fault)
                    .orElseGet(() -> CheckResult.proof("%s in %d ms"
                            .formatted(
                                    there.isEmpty()
                                            ? "answers; no index is there yet"
                                            : "takes documents for " + String.join(", ", there),
                                    (System.nanoTime() - begun) / 1_000_000)));
        } catch (IOException | RuntimeException e) {
            return CheckResult.fault("does not answer as it should: " + Causes.inShort(e));
        }
    }

    /** A missing index, alias or data stream is created by its first document, not by a probe. */
    private List<String> existing() throws IOException {
        List<String> there = new ArrayList<>();
        for (String index : indices.get()) {
            if (send(new Request("HEAD", "/" + index)).getStatusLine().getStatusCode() != NOT_FOUND) {
                there.add(index);
            }
        }
        return there;
    }

    private Optional<String> red(List<String> there) throws IOException {
        try {
            Request request =
                    new Request("GET", "/_cluster/health" + (there.isEmpty() ? "" : "/" + String.join(",", there)));
            request.addParameter("timeout", "1s");
            String status = json(request).path("status").asText();
            return "red".equals(status)
                    ? Optional.of(
                            there.isEmpty()
                                    ? "the cluster is red: primary shards are away"
                                    : String.join(", ", there) + ": red: primary shards are away")
                    : Optional.empty();
        } catch (ResponseException e) {
            if (e.getResponse().getStatusLine().getStatusCode() == FORBIDDEN) {
                return Optional.empty(); // Who may write need not have the right to see this.
            }
            throw e;
        }
    }

    private Optional<String> refusal(List<String> there) throws IOException {
        StringBuilder body = new StringBuilder();
        there.forEach(index -> body.append(
                "{\"create\":{\"_index\":\"%s\",\"_id\":\"wadi-health\"}}\nno document\n".formatted(index)));
        Request request = new Request("POST", "/_bulk");
        request.addParameter("timeout", "1s");
        request.setJsonEntity(body.toString());
        for (JsonNode item : json(request).path("items")) {
            JsonNode answer = item.path("create");
            int status = answer.path("status").asInt();
            if (status >= 300 && status != BAD_REQUEST && status != CONFLICT) {
                return Optional.of("%s takes no documents: %d %s: %s"
                        .formatted(
                                answer.path("_index").asText(),
                                status,
                                answer.path("error").path("type").asText(),
                                answer.path("error").path("reason").asText()));
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
        if (client == null) {
            client = elasticsearch.newClient();
        }
        return client.performRequest(request);
    }

    @Override
    public void close() {
        if (client != null) {
            try {
                client.close();
            } catch (IOException e) {
                client = null;
            }
        }
    }
}
