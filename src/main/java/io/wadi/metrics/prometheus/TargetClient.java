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
 * Fetches expositions over HTTP, also compressed by gzip, within a time and a size. Does not follow redirects, by which a target
 * could have Wadi ask servers that only Wadi reaches. Thread-safe.
 */
final class TargetClient {
    private final Duration timeout;
    private final long maxBody;
    private HttpClient client;

    /**
     * A client without threads until it is used.
     *
     * @param timeout for the whole of an answer
     * @param maxBody its size in bytes, as it comes and decompressed
     */
    TargetClient(Duration timeout, long maxBody) {
        this.timeout = timeout;
        this.maxBody = maxBody;
    }

    /**
     * Fetches and reads a target's exposition.
     *
     * @throws ScrapeException where there is none, or it is not whole; samples before its break have been told to the reader
     */
    void read(PrometheusTarget target, Exposition.Reader reader) throws ScrapeException, InterruptedException {
        HttpResponse<byte[]> answer = answer(target);
        if (answer.statusCode() / 100 == 3) {
            throw new ScrapeException("answered %d to %s, and redirects are not followed: expected 200"
                    .formatted(
                            answer.statusCode(),
                            answer.headers().firstValue("Location").orElse("nowhere")));
        }
        if (answer.statusCode() != 200) {
            throw new ScrapeException("answered " + answer.statusCode() + ", allowed 200");
        }
        ExpositionFormat format =
                ExpositionFormat.of(answer.headers().firstValue("Content-Type").orElse(""));
        try (InputStream text = new LimitedStream(decoded(answer), maxBody)) {
            Exposition.read(text, format, reader);
        } catch (LimitedBody.TooLargeException e) {
            throw new ScrapeException(e.getMessage() + " decompressed");
        } catch (IOException e) {
            throw new ScrapeException("sent what is no gzip, or not all of it: " + e.getMessage());
        }
    }

    private HttpResponse<byte[]> answer(PrometheusTarget target) throws ScrapeException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(target.uri())
                .header("Accept", ExpositionFormat.ACCEPT)
                .header("Accept-Encoding", "gzip")
                .header("X-Prometheus-Scrape-Timeout-Seconds", Double.toString(timeout.toMillis() / 1000.0))
                .build();
        CompletableFuture<HttpResponse<byte[]>> asked = client().sendAsync(request, head -> new LimitedBody(maxBody));
        try {
            return asked.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ScrapeException("did not answer in whole within " + timeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw new ScrapeException(reason(e.getCause()));
        } finally {
            asked.cancel(true);
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
            default -> throw new ScrapeException("answered with Content-Encoding " + encoding + ", allowed gzip");
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
