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

/** A client that reads and changes Elasticsearch independently of the pipeline. */
public final class ElasticsearchProbe {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final String url;

    /** Creates a client of the node at this URL. */
    public ElasticsearchProbe(String url) {
        this.url = url;
    }

    /** Returns the ids of all documents of an index; none if the index does not exist. */
    public List<String> ids(String index) throws IOException, InterruptedException {
        List<String> ids = new ArrayList<>();
        forEachId(index, ids::add);
        return ids;
    }

    /**
     * Passes the ids of all documents of an index to an action, without keeping them; none if the index does not exist.
     */
    public void forEachId(String index, Consumer<String> action) throws IOException, InterruptedException {
        DocumentIds.forEach(url, index, action);
    }

    /** Returns how many documents this node has indexed into an index since its start; 0 if it does not respond. */
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

    /** Sends a request and returns the response, regardless of its status. */
    public HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(url + path))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body, UTF_8))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
