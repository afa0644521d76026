package io.wadi.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenLoadTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration FOREVER = Duration.ofMinutes(1);
    private static final int CONNECTIONS = 100;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private ServerSocket server;
    private volatile Answering answering;

    /** The server's reaction to the request for a path. */
    private interface Answering {
        void answer(String path, Socket client) throws IOException, InterruptedException;
    }

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, CONNECTIONS);
        threads.execute(() -> {
            while (!server.isClosed()) {
                try {
                    Socket client = server.accept();
                    threads.execute(() -> serve(client));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        threads.shutdownNow();
    }

    private void serve(Socket client) {
        try (client) {
            BufferedReader in = new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String path = line.split(" ", -1)[1];
                while (!line.isEmpty()) {
                    line = in.readLine();
                }
                answering.answer(path, client);
            }
        } catch (IOException | InterruptedException gone) {
            // The load generator has closed the connection.
        }
    }

    private static void write(Socket client, String answer) throws IOException {
        client.getOutputStream().write(answer.getBytes(US_ASCII));
    }

    private static void writeStatus(Socket client, int status) throws IOException {
        write(client, "HTTP/1.1 %d Some\r\nContent-Length: 2\r\n\r\nab".formatted(status));
    }

    private OpenLoad load(Duration maxDelay, String... paths) throws IOException {
        return load(maxDelay, Duration.ofSeconds(10), paths);
    }

    private OpenLoad load(Duration maxDelay, Duration lastAnswers, String... paths) throws IOException {
        return new OpenLoad(
                server.getLocalPort(),
                Requests.inTurn(List.of(paths).stream()
                        .map(path -> ("GET " + path + " HTTP/1.1\r\n\r\n").getBytes(US_ASCII))
                        .toList()),
                maxDelay,
                lastAnswers);
    }

    @Test
    void aRequestThatIsNotAnswered_doesNotHoldTheNextOneBack() throws IOException {
        CountDownLatch fifty = new CountDownLatch(50);
        answering = (path, client) -> {
            fifty.countDown();
            fifty.await();
            writeStatus(client, 200);
        };

        try (OpenLoad load = load(FOREVER, "/")) {
            OpenLoad.Result result = load.offer(60, CONNECTIONS, SECOND);

            assertThat(result.acknowledged()).isEqualTo(60);
            // The first waited for the fiftieth, which was due 49/60 of a second later.
            assertThat(result.accepted.getMaxValue()).isGreaterThan(800_000);
        }
    }

    @Test
    void eachRequest_isCountedByWhatBecameOfIt() throws IOException {
        answering = (path, client) -> {
            if (path.equals("/end")) {
                client.close();
            } else if (path.equals("/chunks")) {
                write(client, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
                write(client, "0\r\n\r\n");
            } else {
                writeStatus(client, Integer.parseInt(path.substring(1)));
            }
        };

        try (OpenLoad load = load(FOREVER, "/200", "/chunks", "/429", "/503", "/500", "/end")) {
            OpenLoad.Result result = load.offer(60, CONNECTIONS, SECOND);

            assertThat(result.acknowledged()).as("200").isEqualTo(20);
            assertThat(result.refusals()).as("429 and 503").isEqualTo(20);
            assertThat(result.failures()).as("500 and no answer").isEqualTo(20);
            assertThat(result.notAcknowledged()).isEqualTo(40);
        }
    }

    @Test
    void whatFindsNoConnectionInTime_isGivenUp() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        answering = (path, client) -> {
            assertThat(never.await(300, TimeUnit.MILLISECONDS)).isFalse();
            writeStatus(client, 200);
        };

        try (OpenLoad load = load(Duration.ofMillis(100), "/")) {
            OpenLoad.Result result = load.offer(1_000, 10, SECOND);

            assertThat(result.acknowledged()).isBetween(10L, 40L);
            assertThat(result.notAcknowledged()).isZero();
            assertThat(result.givenUp()).isGreaterThan(800);
        }
    }

    @Test
    void whatWaitsForAConnectionAtTheEnd_isSentLater() throws IOException {
        answering = (path, client) -> {
            // The service time of the server under load: one connection can have five responses within the second.
            TimeUnit.MILLISECONDS.sleep(200);
            writeStatus(client, 200);
        };

        try (OpenLoad load = load(FOREVER, "/")) {
            OpenLoad.Result result = load.offer(10, 1, SECOND);

            assertThat(result.offered()).isEqualTo(10);
            assertThat(result.goodput()).isLessThan(6);
            assertThat(result.acknowledged()).isEqualTo(10);
            // The last was due after 0.9 seconds, and sent after the nine before it.
            assertThat(result.accepted.getMaxValue()).isGreaterThan(1_000_000);
        }
    }

    @Test
    void whatHasNoResponseAtTheEnd_isAFailure() throws IOException {
        CountDownLatch late = new CountDownLatch(1);
        answering = (path, client) -> {
            late.await();
            writeStatus(client, 200);
        };

        try (OpenLoad load = load(FOREVER, Duration.ofMillis(100), "/")) {
            OpenLoad.Result result = load.offer(10, 2, SECOND);

            assertThat(result.failures()).isEqualTo(2);
            assertThat(result.givenUp()).isEqualTo(8);
            assertThat(result.offered()).isEqualTo(10);

            late.countDown();
            assertThat(load.offer(10, 2, SECOND).acknowledged()).isEqualTo(10);
        }
    }
}
