package io.wadi.local.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.function.Consumer;

/** Reads the ids of the documents of an index with a plain client. */
public final class DocumentIds {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private DocumentIds() {}

    /**
     * Iterates over the ids of all documents of an index; does nothing if the index is missing.
     *
     * @param url Elasticsearch's root URL, without a trailing slash
     */
    public static void forEach(String url, String index, Consumer<String> action)
            throws IOException, InterruptedException {
        post(url + "/" + index + "/_refresh", "");
        HttpResponse<String> found =
                post(url + "/" + index + "/_search?scroll=1m", "{\"size\":5000,\"_source\":false}");
        if (found.statusCode() != 200) {
            return;
        }
        JsonNode page = JSON.readTree(found.body());
        while (!page.at("/hits/hits").isEmpty()) {
            page.at("/hits/hits").forEach(hit -> action.accept(hit.path("_id").asText()));
            String scroll = page.path("_scroll_id").asText();
            found = post(url + "/_search/scroll", "{\"scroll\":\"1m\",\"scroll_id\":\"" + scroll + "\"}");
            if (found.statusCode() != 200) {
                throw new IOException("Elasticsearch at %s returned %d to the scroll through index %s, expected 200: %s"
                        .formatted(url, found.statusCode(), index, found.body()));
            }
            page = JSON.readTree(found.body());
        }
    }

    private static HttpResponse<String> post(String uri, String body) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(uri))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
