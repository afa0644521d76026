package io.wadi.metrics.prometheus;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;

/**
 * An HTTP client for expositions with gzip, a timeout and a size limit. Redirects are not followed, because a target
 * could otherwise make Wadi send requests to internal servers. Thread-safe.
 */
final class TargetClient {
    private final Duration timeout;
    private final long maxBody;
    private HttpClient client;

    /**
     * Creates a client that starts no threads before its first request.
     *
     * @param timeout of a whole response
     * @param maxBody maximum size in bytes, both compressed and decompressed
     */
    TargetClient(Duration timeout, long maxBody) {
        this.timeout = timeout;
        this.maxBody = maxBody;
    }

    /**
     * Fetches and parses a target's exposition.
     *
     * @throws ScrapeException if the request fails or the exposition is truncated; samples before the failure were
     *     passed to the reader
     */
    void read(PrometheusTarget target, Exposition.Reader reader) throws ScrapeException, InterruptedException {
        HttpResponse<byte[]> answer = answer(target);
        if (answer.statusCode() / 100 == 3) {
            throw new ScrapeException("answered %d to %s, expected 200: redirects are not followed"
                    .formatted(
                            answer.statusCode(),
                            answer.headers().firstValue("Location").orElse("nowhere")));
        }
        if (answer.statusCode() != 200) {
            throw new ScrapeException("answered " + answer.statusCode() + ", expected 200");
        }
        ExpositionFormat format =
                ExpositionFormat.of(answer.headers().firstValue("Content-Type").orElse(""));
        try (InputStream text = new LimitedStream(decoded(answer), maxBody)) {
            Exposition.read(text, format, reader);
        } catch (LimitedBody.TooLargeException e) {
            throw new ScrapeException(e.getMessage() + " decompressed");
        } catch (IOException e) {
            throw new ScrapeException("sent invalid or truncated gzip: " + e.getMessage());
        }
    }

    private HttpResponse<byte[]> answer(PrometheusTarget target) throws ScrapeException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(target.uri())
                .header("Accept", ExpositionFormat.ACCEPT)
                .header("Accept-Encoding", "gzip")
                .header("X-Prometheus-Scrape-Timeout-Seconds", Double.toString(timeout.toMillis() / 1000.0))
                .build();
        CompletableFuture<HttpResponse<byte[]>> response =
                client().sendAsync(request, head -> new LimitedBody(maxBody));
        try {
            return response.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ScrapeException("did not complete its response within " + timeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw new ScrapeException(reason(e.getCause()));
        } finally {
            response.cancel(true);
        }
    }

    private static String reason(Throwable failure) {
        if (failure instanceof LimitedBody.TooLargeException) {
            return failure.getMessage();
        }
        return failure.getMessage() == null
                ? failure.toString()
                : failure.getClass().getSimpleName() + ": " + failure.getMessage();
    }

    private static InputStream decoded(HttpResponse<byte[]> answer) throws IOException, ScrapeException {
        InputStream body = new ByteArrayInputStream(answer.body());
        String encoding = answer.headers()
                .firstValue("Content-Encoding")
                .orElse("identity")
                .toLowerCase(Locale.ROOT);
        return switch (encoding) {
            case "identity", "" -> body;
            case "gzip", "x-gzip" -> new GZIPInputStream(body);
            default -> throw new ScrapeException("answered with Content-Encoding " + encoding + ", expected gzip");
        };
    }

    private synchronized HttpClient client() {
        if (client == null) {
            client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(timeout)
                    .build();
        }
        return client;
    }
}
