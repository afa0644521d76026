package io.wadi.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.Http;
import io.wadi.testing.OpenApi;
import io.wadi.testing.RunningWadi;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code routes/documents.camel.yaml} as shipped, where all topics require a key. */
class DocumentsRouteIT {
    @AutoClose
    private static RunningWadi wadi;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws Exception {
        Path keys = Files.writeString(directory.resolve("keys.yaml"), """
                keys: [{name: shop, sha256: ["%s"], topics: ["*"]}]
                """.formatted("0".repeat(64)));
        wadi = RunningWadi.startIngest(Map.of("wadi.ingest.keys-file", keys.toString()));
    }

    @Test
    void openApi_isServedFromTheJar() throws Exception {
        HttpResponse<String> answer = Http.get(wadi.eventsUrl() + "/openapi.json");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Http.json(answer)).isEqualTo(OpenApi.shipped().document());
        assertThat(answer.headers().map().keySet())
                .containsExactlyInAnyOrder("content-type", "content-length", "date", "etag", "cache-control", "vary");
    }

    @Test
    void snippet_isServedFromTheJar() throws Exception {
        HttpResponse<String> answer = Http.get(wadi.eventsUrl() + "/wadi.js");

        assertThat(answer.body()).isEqualTo(Files.readString(Path.of("src/main/resources/io/wadi/ingest/wadi.js")));
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/javascript; charset=utf-8");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /wadi.js      | public, max-age=3600
            /openapi.json | no-cache
            """)
    void document_hasAnETag_andCacheControl(String path, String caching) throws Exception {
        HttpResponse<String> first = Http.get(wadi.eventsUrl() + path);
        String tag = first.headers().firstValue("ETag").orElseThrow();

        for (String known : new String[] {tag, "W/" + tag, "\"other\", " + tag, "*"}) {
            HttpResponse<String> again = Http.get(wadi.eventsUrl() + path, "If-None-Match", known);
            assertThat(again.statusCode()).as(known).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(again.headers().firstValue("ETag")).hasValue(tag);
            assertThat(again.headers().firstValue("Cache-Control")).hasValue(caching);
            assertThat(again.headers().allValues("Vary")).containsExactly("Origin");
            assertThat(again.headers().firstValue("Content-Type")).isEmpty();
        }
        // A tag may contain a comma.
        for (String unknown : new String[] {"\"other\"", "\"a,*,b\""}) {
            HttpResponse<String> other = Http.get(wadi.eventsUrl() + path, "If-None-Match", unknown);
            assertThat(other.statusCode()).as(unknown).isEqualTo(200);
            assertThat(other.body()).isEqualTo(first.body());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/wadi.js", "/openapi.json"})
    void document_acceptsGetAndHeadOnly(String path) throws Exception {
        HttpResponse<String> head = Http.send("HEAD", wadi.eventsUrl() + path);
        HttpResponse<String> put = Http.send("PUT", wadi.eventsUrl() + path);

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("ETag")).isPresent();
        assertThat(Http.head(wadi.eventsUrl() + path))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("\r\n\r\n");
        assertThat(put.statusCode()).isEqualTo(405);
        assertThat(put.headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS");
    }

    @Test
    void invalidKey_isRejected() throws Exception {
        assertThat(Http.get(wadi.eventsUrl() + "/openapi.json", "X-API-Key", "wadi_shop_no")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void pageOfAnotherOrigin_mayReadDocuments() throws Exception {
        assertThat(Http.get(wadi.eventsUrl() + "/openapi.json", "Origin", "https://shop.example")
                        .headers()
                        .firstValue("Access-Control-Allow-Origin"))
                .hasValue("*");
    }
}
