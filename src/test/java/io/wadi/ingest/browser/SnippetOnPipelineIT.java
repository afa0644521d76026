package io.wadi.ingest.browser;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.wadi.ingest.auth.ApiKey;
import io.wadi.testing.Browser;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A browser on a page of another origin sends events and pixels with a key, using the script that Wadi serves; the
 * events are then in Kafka.
 */
class SnippetOnPipelineIT {
    private static final String KEY = ApiKey.make("page", new SecureRandom());

    private static Browser browser;
    private static RunningWadi wadi;
    private static HttpServer site;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.shared();
        Path keys = Files.writeString(directory.resolve("keys.yaml"), """
                keys: [{name: page, sha256: [%s], topics: [select-color]}]
                """.formatted(ApiKey.hashOf(KEY)));
        wadi = RunningWadi.startIngest(Map.of("wadi.ingest.keys-file", keys.toString()));
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.createContext("/", SnippetOnPipelineIT::page);
        site.start();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            wadi.close();
            site.stop(0);
        }
    }

    private static void page(HttpExchange exchange) throws IOException {
        String sender = "<script src='%s/wadi.js' data-topic=select-color data-key='%s' data-every=20></script>"
                .formatted(wadi.eventsUrl(), KEY);
        String pixel = "<img src='%s/pixel.gif?test=browser-pixel&key=%s' alt=''>".formatted(wadi.eventsUrl(), KEY);
        String body = "<!doctype html><title>page</title><link rel=icon href=data:,>"
                + (exchange.getRequestURI().getPath().equals("/page") ? sender + pixel : "");
        exchange.getResponseHeaders().set("Content-Type", "text/html");
        try (exchange) {
            exchange.sendResponseHeaders(200, body.length());
            exchange.getResponseBody().write(body.getBytes(UTF_8));
        }
    }

    @Test
    void pageEvents_areStoredInKafka_includingThoseSentOnLeaving() {
        String url = "http://localhost:" + site.getAddress().getPort();
        browser.driver().get(url + "/page");

        browser.run("wadi.send({test: 'browser-fetch'})");
        await().until(() -> sent("browser-fetch").size() >= 1);
        assertThat(sent("browser-fetch")).hasSize(1);
        browser.run("wadi.send({test: 'browser-beacon'}); location.href = '" + url + "/elsewhere'");

        await().until(() -> sent("browser-beacon").size() >= 1);
        assertThat(sent("browser-beacon")).hasSize(1);
        assertThat(sent("browser-beacon").get(0)).matches("\\{\"id\":\"[0-9a-f]{32}\",\"test\":\"browser-beacon\"}");
        assertThat(sent("browser-pixel")).singleElement().asString().contains("\"userAgent\":\"Mozilla/5.0");
    }

    private static List<String> sent(String test) {
        return KafkaProbe.readAll("select-color").stream()
                .filter(found -> found.value() != null)
                .map(found -> new String(found.value(), UTF_8))
                .filter(value -> value.contains('"' + test + '"'))
                .toList();
    }
}
