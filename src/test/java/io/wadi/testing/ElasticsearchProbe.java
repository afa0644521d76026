package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/** Looks into an Elasticsearch beside the pipeline, and changes it. */
public final class ElasticsearchProbe {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final String url;

    /** Takes where it answers. */
    public ElasticsearchProbe(String url) {
        this.url = url;
    }

    /** The ids of all documents of an index, at most 10,000; none where there is no index. */
    public List<String> ids(String index) throws IOException, InterruptedException {
        send("POST", "/" + index + "/_refresh", "");
        HttpResponse<String> found =
                send("POST", "/" + index + "/_search", "{\"size\":10000,\"_source\":false,\"track_total_hits\":true}");
        List<String> ids = new ArrayList<>();
        if (found.statusCode() == 200) {
            JsonNode hits = Http.json(found).path("hits");
            hits.path("hits").forEach(hit -> ids.add(hit.path("_id").asText()));
            assertThat(ids).hasSize(hits.path("total").path("value").asInt());
        }
        return ids;
    }

    /** A request that has to go well. */
    public JsonNode ask(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Http.json(answer);
    }

    /** A request, whatever its answer. */
    public HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(url + path))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body, UTF_8))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
