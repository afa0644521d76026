package io.wadi.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HonestLoadTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int CLOSE = 0;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Integer> received = new ConcurrentLinkedQueue<>();
    private ServerSocket server;
    /** Returns the response status for an event's number. */
    private volatile IntUnaryOperator answering = number -> 200;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
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
            char[] event = new char[HonestLoad.event(0).length()];
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.isEmpty()) {
                    continue;
                }
                for (int at = 0; at < event.length; ) {
                    at += Math.max(0, in.read(event, at, event.length - at));
                }
                int number = HonestRecords.number(new String(event).getBytes(US_ASCII));
                received.add(number);
                int status = answering.applyAsInt(number);
                if (status == CLOSE) {
                    return;
                }
                client.getOutputStream()
                        .write("HTTP/1.1 %d Some\r\nContent-Length: 2\r\n\r\nab"
                                .formatted(status)
                                .getBytes(US_ASCII));
            }
        } catch (IOException gone) {
            // The client has closed the connection.
        }
    }

    @Test
    void eachRequest_isCountedByWhatBecameOfIt_andItsEventIfAcknowledged() throws IOException {
        answering = number -> new int[] {200, 503, 429, 500, CLOSE}[number % 5];

        try (HonestLoad load = new HonestLoad(server.getLocalPort(), false, "topic", 10)) {
            HonestLoad.Result result = load.offer(100, SECOND);

            assertThat(received).hasSize(100).doesNotHaveDuplicates();
            assertThat(result.refused()).as("429 and 503").isEqualTo(40);
            assertThat(result.failed()).as("500 and no answer").isEqualTo(40);
            assertThat(load.acknowledged().stream()).hasSize(20).allMatch(number -> number % 5 == 0);
        }
    }

    @Test
    void whatFindsNoConnection_isGivenUp() throws IOException {
        server.close();

        try (HonestLoad load = new HonestLoad(server.getLocalPort(), false, "topic", 10)) {
            HonestLoad.Result result = load.offer(100, Duration.ofSeconds(3));

            assertThat(result.givenUp()).isEqualTo(300);
            assertThat(result.goodput()).isZero();
            assertThat(load.acknowledged().isEmpty()).isTrue();
        }
    }

    @Test
    void events_areOfEqualLength_andContainTheirNumber() {
        assertThat(HonestLoad.event(0)).hasSameSizeAs(HonestLoad.event(123_456_789));
        assertThat(HonestRecords.number(HonestLoad.event(123_456_789).getBytes(US_ASCII)))
                .isEqualTo(123_456_789);
        assertThat(HonestRecords.number("{\"colorName\":\"red\"}".getBytes(US_ASCII)))
                .isEqualTo(-1);
        assertThat(HonestRecords.number(HonestLoad.MARK.getBytes(US_ASCII))).isEqualTo(-1);
    }
}
