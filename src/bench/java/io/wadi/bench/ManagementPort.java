package io.wadi.bench;

import io.wadi.local.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.stream.Stream;

/** A free port for the management of a process, and requests to it. */
final class ManagementPort {
    private static final int OK = 200;

    private final HttpClient http = HttpClient.newHttpClient();
    private final int number = Ports.free();

    int number() {
        return number;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + number + path));
    }

    /** Returns whether the process reports that it is ready; false if it does not respond. */
    boolean isReady() throws InterruptedException {
        try {
            HttpResponse<Void> response =
                    http.send(request("/observe/health/ready").build(), BodyHandlers.discarding());
            return response.statusCode() == OK;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Returns the body of the response to a GET request. */
    String get(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), BodyHandlers.ofString()).body();
    }

    /** Sends a PUT request without a body. */
    void put(String path) throws IOException, InterruptedException {
        http.send(request(path).PUT(HttpRequest.BodyPublishers.noBody()).build(), BodyHandlers.discarding());
    }

    /** Returns the sum of a metric's series whose lines begin with a text. */
    double metric(String beginning) throws IOException, InterruptedException {
        try (Stream<String> lines = get("/observe/metrics").lines()) {
            return lines.filter(line -> line.startsWith(beginning))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .sum();
        }
    }

    /** Returns the heap in MiB that the process uses after full collections. */
    double heapMib(ServerProcess process) throws IOException, InterruptedException {
        process.collectGarbage();
        return metric("jvm_memory_used_bytes{area=\"heap\"") / (1 << 20);
    }
}
