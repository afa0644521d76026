package io.wadi.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** An HTTP client for tests. Responses of Wadi's event port must match its OpenAPI document. */
public final class Http {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    /** As long as the timeout of an await, which an earlier timeout of a request would end. */
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<Integer, OpenApi> DESCRIBED = new ConcurrentHashMap<>();

    private Http() {}

    /** From now on, a response of this port that the document does not describe is an assertion error. */
    static void describe(int port, OpenApi document) {
        DESCRIBED.put(port, document);
    }

    /** From now on, responses of this port are not checked. */
    static void forget(int port) {
        DESCRIBED.remove(port);
    }

    /** Returns the status line of a response to other bytes than this class sends; the rest is not read. */
    public static String statusLine(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = socket.getInputStream().read();
                next != '\r' && next >= 0;
                next = socket.getInputStream().read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    /** Sends bytes to a port of this machine; returns those received until the server closes the connection. */
    public static String exchange(int port, String request) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    /** Sends HEAD; returns the response as received. The JDK's client does not read a body after it. */
    public static String head(String url) throws IOException {
        URI uri = URI.create(url);
        return exchange(
                uri.getPort(),
                "HEAD %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".formatted(uri.getRawPath()));
    }

    /** Sends GET. */
    public static HttpResponse<String> get(String url, String... headers) throws IOException, InterruptedException {
        return answered(request("GET", url, BodyPublishers.noBody(), headers));
    }

    /** Sends POST with a body. */
    public static HttpResponse<String> post(String url, byte[] body, String... headers)
            throws IOException, InterruptedException {
        return answered(request("POST", url, BodyPublishers.ofByteArray(body), headers));
    }

    /** Sends a request with another method, without a body. */
    public static HttpResponse<String> send(String method, String url, String... headers)
            throws IOException, InterruptedException {
        return answered(request(method, url, BodyPublishers.noBody(), headers));
    }

    /** Sends GET and returns the body as bytes. */
    public static HttpResponse<byte[]> bytes(String url, String... headers) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer =
                CLIENT.send(request("GET", url, BodyPublishers.noBody(), headers), BodyHandlers.ofByteArray());
        check(answer, new String(answer.body(), UTF_8));
        return answer;
    }

    private static HttpRequest request(String method, String url, BodyPublisher body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).method(method, body);
        return headers.length > 0 ? request.headers(headers).build() : request.build();
    }

    private static HttpResponse<String> answered(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = CLIENT.send(request, BodyHandlers.ofString());
        check(answer, answer.body());
        return answer;
    }

    private static void check(HttpResponse<?> answer, String body) {
        OpenApi document = DESCRIBED.get(answer.uri().getPort());
        if (document != null) {
            assertThat(document.violations(answer, body)).isEmpty();
        }
    }

    /** Returns the body of a response as JSON. */
    public static JsonNode json(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body());
    }
}
