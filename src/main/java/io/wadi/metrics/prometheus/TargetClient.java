package io.wadi.metrics.prometheus;

import io.wadi.kafka.Causes;
import io.wadi.runtime.config.Excerpt;
import io.wadi.runtime.http.BoundedHttpClient;
import io.wadi.runtime.http.HttpExchangeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** An HTTP client for expositions, which accepts gzip and limits the time and size of responses. Thread-safe. */
final class TargetClient {
    private static final int MAX_HEADER = 300;

    private final BoundedHttpClient http;
    private final Duration timeout;
    private final long maxBody;

    /**
     * Creates a client, which starts no threads before its first request.
     *
     * @param timeout maximum time of a complete response
     * @param maxBody maximum size in bytes, both compressed and decompressed
     */
    TargetClient(Duration timeout, long maxBody) {
        this.http = new BoundedHttpClient(timeout, maxBody);
        this.timeout = timeout;
        this.maxBody = maxBody;
    }

    /**
     * Fetches and parses a target's exposition.
     *
     * @throws ScrapeException if the request fails, or the exposition is truncated or too large; the samples before the
     *     failure were passed to the reader
     */
    void read(PrometheusTarget target, Exposition.Reader reader) throws ScrapeException, InterruptedException {
        BoundedHttpClient.Response answer = answer(target);
        if (answer.status() / 100 == 3) {
            throw new ScrapeException("responded with status %d, a redirect to %s, which is not followed; expected 200"
                    .formatted(
                            answer.status(), BoundedHttpClient.withoutSecrets(header(answer, "Location", "nowhere"))));
        }
        if (answer.status() != 200) {
            throw new ScrapeException("responded with status " + answer.status() + ", expected 200");
        }
        ExpositionFormat format = ExpositionFormat.of(header(answer, "Content-Type", ""));
        try (InputStream text = decoded(answer)) {
            Exposition.read(text, maxBody, format, reader);
        } catch (IOException e) {
            throw new ScrapeException("sent invalid or truncated gzip: " + Causes.inShort(e));
        }
    }

    private BoundedHttpClient.Response answer(PrometheusTarget target) throws ScrapeException, InterruptedException {
        try {
            return http.send(HttpRequest.newBuilder(target.uri())
                    .header("Accept", ExpositionFormat.ACCEPT)
                    .header("Accept-Encoding", "gzip")
                    .header("X-Prometheus-Scrape-Timeout-Seconds", Double.toString(timeout.toMillis() / 1000.0)));
        } catch (HttpExchangeException e) {
            throw new ScrapeException(e.getMessage());
        }
    }

    private static InputStream decoded(BoundedHttpClient.Response answer) throws IOException, ScrapeException {
        InputStream body = new ByteArrayInputStream(answer.body());
        String encoding = header(answer, "Content-Encoding", "identity").toLowerCase(Locale.ROOT);
        return switch (encoding) {
            case "identity", "" -> body;
            case "gzip", "x-gzip" -> new GZIPInputStream(body);
            default -> throw new ScrapeException("responded with Content-Encoding " + encoding + ", expected gzip");
        };
    }

    /** Returns the beginning of a header's value, which may become part of an error. */
    private static String header(BoundedHttpClient.Response answer, String name, String fallback) {
        return Excerpt.of(answer.headers().firstValue(name).orElse(fallback), MAX_HEADER);
    }
}
