package io.wadi.kafka.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.wadi.kafka.Causes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.streams.state.HostInfo;

/** Asks other processes, each request once, in the name of who asks this one. Thread-safe. */
final class TablePeers {
    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final int AT_A_TIME = 16;
    private static final int LARGEST_BODY = 32 << 20;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final Set<Integer> PASSED_ON =
            Set.of(TableResponse.OK, TableResponse.NOT_FOUND, TableResponse.UNAVAILABLE, TableResponse.FAILED);

    private final Semaphore asking = new Semaphore(AT_A_TIME);
    private HttpClient client;

    /** What another process says to it. */
    TableResponse ask(HostInfo process, TableRequest request, TableRequest.AskedAs as) throws InterruptedException {
        if (!asking.tryAcquire()) {
            return TableResponse.refused(
                    TableResponse.UNAVAILABLE, AT_A_TIME + " other requests are passed on at the moment");
        }
        try {
            return answer(process, request, as);
        } finally {
            asking.release();
        }
    }

    private TableResponse answer(HostInfo process, TableRequest request, TableRequest.AskedAs as)
            throws InterruptedException {
        String where = where(process, request);
        HttpRequest.Builder asked = HttpRequest.newBuilder(URI.create(where)).header(TableRequest.ASKED_AS, as.word());
        if (!request.authorization().isEmpty()) {
            asked.header("Authorization", request.authorization());
        }
        CompletableFuture<HttpResponse<String>> answered = client().sendAsync(asked.build(), bounded());
        try {
            HttpResponse<String> answer = answered.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            return passedOn(answer.statusCode(), answer.body(), where);
        } catch (TimeoutException e) {
            return silent(process, "not within " + WITHIN.toSeconds() + " s");
        } catch (ExecutionException e) {
            return silent(process, Causes.inShort(e.getCause()));
        } finally {
            answered.cancel(true);
        }
    }

    private static TableResponse passedOn(int code, String body, String where) {
        if (PASSED_ON.contains(code) && !body.isEmpty()) {
            return new TableResponse(code, body);
        }
        // Only what stands in Authorization holds for another process, too; a session is this one's.
        return code == UNAUTHORIZED || code == FORBIDDEN
                ? elsewhere("another process has it, and does not know who asks", where)
                : TableResponse.refused(TableResponse.UNAVAILABLE, "%s answered %d".formatted(where, code));
    }

    private static TableResponse elsewhere(String why, String where) {
        return TableResponse.of(
                TableResponse.MISDIRECTED,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("error", why + ": ask there")
                        .put("where", where));
    }

    private static TableResponse silent(HostInfo process, String why) {
        return TableResponse.refused(
                TableResponse.UNAVAILABLE,
                "%s:%d, which may have it, does not answer: %s".formatted(process.host(), process.port(), why));
    }

    private static String where(HostInfo process, TableRequest request) {
        String host = process.host().contains(":") ? "[" + process.host() + "]" : process.host();
        return "http://%s:%d%s".formatted(host, process.port(), request.target());
    }

    /** A body says its length, which the client holds it to. */
    private static BodyHandler<String> bounded() {
        return head -> head.headers().firstValueAsLong("Content-Length").orElse(LARGEST_BODY + 1L) > LARGEST_BODY
                ? BodySubscribers.replacing("")
                : BodySubscribers.ofString(UTF_8);
    }

    /** Has threads from its first use on. */
    private synchronized HttpClient client() {
        if (client == null) {
            client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(WITHIN)
                    .build();
        }
        return client;
    }
}
