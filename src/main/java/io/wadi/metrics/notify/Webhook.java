package io.wadi.metrics.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.config.Authorities;
import io.wadi.config.Version;
import io.wadi.kafka.Causes;
import io.wadi.metrics.notify.WebhookException.Cause;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Sends the message's body, JSON, to the address in the exchange's property {@link #ADDRESS} by {@code POST}. It returns when
 * a 2xx has come, and throws a {@link WebhookException} for everything else, at the latest when the time for an answer is
 * over. Of an answer no more than its beginning is kept. Thread-safe.
 */
public final class Webhook implements Processor {
    /** The exchange property with the address that is sent to. */
    public static final String ADDRESS = "alertmanager";

    private static final int LONGEST_ANSWER = 600;

    private final WebhookOptions options;
    private final String authorization;
    private final SSLContext tls;
    private HttpClient http;

    /**
     * Reads the certificates; connects to nothing.
     *
     * @throws IllegalArgumentException where they cannot be read; the message says all
     */
    public Webhook(WebhookOptions options) {
        this.options = options;
        this.authorization = authorization(options);
        this.tls = options.caFile().isEmpty()
                ? null
                : Authorities.trusting("wadi.alerts.webhook.ca-file", options.caFile());
    }

    private static String authorization(WebhookOptions options) {
        if (!options.token().isEmpty()) {
            return "Bearer " + options.token();
        }
        byte[] credentials = (options.user() + ":" + options.password()).getBytes(UTF_8);
        return options.user().isEmpty() ? "" : "Basic " + Base64.getEncoder().encodeToString(credentials);
    }

    /** Made with the first request: it has threads. A redirection is not followed, so that no password goes elsewhere. */
    private synchronized HttpClient http() {
        if (http == null) {
            HttpClient.Builder builder =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(options.answerWithin());
            http = (tls == null ? builder : builder.sslContext(tls)).build();
        }
        return http;
    }

    @Override
    public void process(Exchange exchange) throws WebhookException, InterruptedException {
        String address = exchange.getProperty(ADDRESS, String.class);
        CompletableFuture<HttpResponse<String>> answer =
                http().sendAsync(request(address, exchange.getMessage().getBody(byte[].class)), head -> beginning());
        try {
            // The request's own timeout ends with the answer's head, and its body may hang, too.
            judge(address, answer.get(options.answerWithin().toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            throw new WebhookException(
                    Cause.TIMEOUT, "no answer within " + options.answerWithin().toMillis() + " ms");
        } catch (ExecutionException e) {
            throw new WebhookException(Cause.UNREACHABLE, Causes.inShort(e));
        } finally {
            answer.cancel(true);
        }
    }

    private HttpRequest request(String address, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address))
                .header("Content-Type", "application/json")
                .header("User-Agent", "Wadi/" + Version.CURRENT)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return (authorization.isEmpty() ? request : request.header("Authorization", authorization)).build();
    }

    private static void judge(String address, HttpResponse<String> answer) throws WebhookException {
        int status = answer.statusCode();
        if (status < 200 || status > 299) {
            throw new WebhookException(
                    WebhookException.of(status),
                    "%d of %s: %s".formatted(status, address, answer.body().strip()));
        }
    }

    private static BodySubscriber<String> beginning() {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        BodySubscriber<Void> parts = BodySubscribers.ofByteArrayConsumer(part ->
                part.ifPresent(bytes -> kept.write(bytes, 0, Math.min(bytes.length, LONGEST_ANSWER - kept.size()))));
        return BodySubscribers.mapping(parts, nothing -> kept.toString(UTF_8));
    }
}
