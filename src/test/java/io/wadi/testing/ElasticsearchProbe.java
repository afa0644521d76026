package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.local.soak.DocumentIds;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Looks into an Elasticsearch beside the pipeline, and changes it. */
public final class ElasticsearchProbe {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final String url;

    /** Takes where it answers. */
    public ElasticsearchProbe(String url) {
        this.url = url;
    }

    /** The ids of all documents of an index; none where there is no index. */
    public List<String> ids(String index) throws IOException, InterruptedException {
        List<String> ids = new ArrayList<>();
        forEachId(index, ids::add);
        return ids;
    }

    /** Looks at the ids of all documents of an index without keeping them; at none where there is no index. */
    public void forEachId(String index, Consumer<String> action) throws IOException, InterruptedException {
        DocumentIds.forEach(url, index, action);
    }

    /** How many documents were put into an index by this node since it was started; 0 where it does not answer. */
    public long written(String index) throws InterruptedException {
        try {
            return Http.json(send("GET", "/" + index + "/_stats/indexing", ""))
                    .at("/_all/primaries/indexing/index_total")
                    .asLong();
        } catch (IOException away) {
            return 0;
        }
    }

    /** Sends a request and requires status 200. */
    public JsonNode request(String method, String path, String body) throws IOException, InterruptedException {
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
